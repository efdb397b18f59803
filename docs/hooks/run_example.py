"""Runs the Python of docs/artefact.md on an artefact: python run_example.py SYNTHETIC.safetensors

Then encodes the rows of tests/loaders/inputs/encoded.json, draws the reference inputs of the test in
crates/core/src/synthetic/reference.rs, and compares both with the numbers that stand there.
"""

import json
import re
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
page = (ROOT / "docs/artefact.md").read_text(encoding="utf-8")
example = {}
exec("\n".join(re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)), example)

stored = json.loads((ROOT / "tests/loaders/inputs/encoded.json").read_text(encoding="utf-8"))
encoded = np.array([list(example["encode"](row, stored["columns"])) for row in stored["rows"]], np.float32)
if encoded.shape != np.shape(stored["encoded"]) or np.abs(encoded - stored["encoded"]).max() > 1e-6:
    raise SystemExit("docs/artefact.md encodes rows otherwise than the library")

source = (ROOT / "crates/core/src/synthetic/reference.rs").read_text(encoding="utf-8")
test = source.split("fn another_program_draws_these_inputs_by_the_recipe")[1].split("];")[0]
expected = np.array(re.findall(r"-?\d+\.\d{8}", test), dtype=np.float64).reshape(5, 4)
points = np.array([[1.0, 0.5, 0.0, -0.5], [-0.25, 2.0, 1.0, 0.0], [0.125, 0.0, 0.25, -0.125]])
# That of the test stands in the file, there or as the default.
for spread in set(re.findall(r"spread: (\d+\.\d+)", source)):
    drawn = example["reference_inputs"](points, 5, {"seed": 7, "rank": 2, "spread": float(spread)})
    if np.abs(drawn - expected).max() < 1e-6:
        break
else:
    raise SystemExit("docs/artefact.md draws other reference inputs than the library")
