"""The parts of run.sh, each within its share of the time and on record before the next begins.

Run:  python3 measure.py KIT OUT
"""
import os, pathlib, sys

import parts
from record import Budget, Record

KIT, OUT = (pathlib.Path(word) for word in sys.argv[1:3])
CASES = ["two-layer", "two-layer-mirrored", "dc-iteration", "unroll", "dm-iteration", "train-epoch"]
# Seconds that are kept for the distillation at the end.
KEPT = 90


def words(name, default):
    """A list from the environment."""
    return [word for word in os.environ.get(name, default).replace(",", " ").split() if word]


seconds = float(os.environ.get("RETORT_KIT_SECONDS", 540))
budget = Budget(seconds)
record = Record(OUT)
forms = words("RETORT_KIT_FORMS", "wgsl spirv autotune")
repeat = os.environ.get("RETORT_KIT_REPEAT", "5")
widths = words("RETORT_KIT_WIDTHS", "128 256")
cases = words("RETORT_KIT_CASES", " ".join(CASES))
kept = min(KEPT, seconds / 5)

binaries = parts.unpacked(KIT, forms)
environment = parts.machine(KIT, OUT, binaries, record, budget)
torch = parts.torch(record, budget)

# Whether what it computes is right: all contracts with the kernels that are the default, those of kernels,
# products and signals with the others.
for form in forms:
    tests = words("RETORT_KIT_TESTS", "") or ([] if form == "wgsl" else ["kernels::", "products::", "backends::"])
    share = 120 if form == "wgsl" else 45
    parts.contracts(form, binaries, tests, environment, record, budget.share(share, kept))

engines = {form: [str(binaries[f"retort-gpu-{form}"]), "bench", "--json"] for form in forms}
if torch:
    engines |= parts.torch_engines(KIT)


def compare(width):
    """One round of all cases by turns."""
    record.say(f"\n## Cases by turns, width {width}, medians in ms\n")
    columns = [*engines, *(f"{form} / torch" for form in forms if torch)]
    record.say("| case | " + " | ".join(columns) + " |")
    record.say("|---|" + "---|" * len(columns))
    for case in cases:
        wide = [] if case.startswith("two-layer") else ["--width", width]
        if case.startswith("two-layer") and width != widths[0]:
            continue
        cells = {}
        for name, command in engines.items():
            cells[name] = parts.timed(name, case, [*command, "--case", case, *wide, "--repeat", repeat], environment,
                                record, budget.share(45, kept), {"width": int(width)})
        ratios = [parts.ratio(cells[form], cells["torch"]) for form in forms if torch]
        record.say(f"| `{case}` | " + " | ".join([*cells.values(), *ratios]) + " |")


if widths:
    compare(widths[0])
plain = [form for form in forms if form != "autotune"]
if os.environ.get("RETORT_KIT_LARGE", "yes") == "yes":
    record.say("\n## The large case, `two-layer-large`, median in ms\n")
    # Its 2 GiB of random numbers are drawn by one core, which takes most of a minute: once.
    for form in [form for form in [parts.fastest(record, plain)] if form]:
        command = [*engines[form], "--case", "two-layer-large", "--repeat", "2"]
        found = parts.timed(form, "two-layer-large", command, environment, record, budget.share(120, kept), {})
        record.say(f"- {form}: {found}")
    if torch:
        found = parts.torch_large(KIT, environment, record, budget.share(60, kept))
        record.say(f"- torch: {found}")
for width in widths[1:]:
    compare(width)

best = parts.fastest(record, plain)
if best:
    parts.distil(best, binaries, KIT, OUT, words("RETORT_KIT_SET", ""), environment, record, budget)
record.say(f"\nDone after {budget.spent():.0f} s of {seconds:.0f}.")
