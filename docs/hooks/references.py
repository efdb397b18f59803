"""Broken references are warnings of `mkdocs build`, and so errors of a strict one.

Besides the links and anchors that MkDocs checks itself: files and folders of the repository, presets and
settings that a page names in code, addresses of the web (their form alone: nothing is fetched), and formulas
that could not be turned into MathML. By itself, `python3 docs/hooks/references.py` does what needs no MkDocs.
"""

import logging
import re
import sys
from pathlib import Path
from urllib.parse import urlparse

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "crates/core/src"
LOG = logging.getLogger("mkdocs.hooks.references")

FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FILE = re.compile(r"(?:crates|docs|examples|results|tests|\.ci)(?:/[\w.*-]+)+|[A-Z]+\.md")
PRESET = re.compile(r"(?:mnist|cifar10)-[a-z0-9-]+")
SETTING = re.compile(r"(task|network|objective|synthetic|distill|augment|evaluate)\.((?:\w+\.)*\w+)(?: ?=.*)?")
FIELD = re.compile(r"\bpub (\w+):")
FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$]+\$", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s)>\]`\"]+")
# Where the fields of a section are declared; `objective.experts` are those of the experts.
SECTIONS = {
    "task": ["task"],
    "network": ["network"],
    "objective": ["objective", "experts"],
    "synthetic": ["synthetic"],
    "distill": ["distill"],
    "augment": ["augment"],
    "evaluate": ["evaluate"],
}


def fields(folders):
    files = (file for folder in folders for file in (CORE / folder).rglob("*.rs"))
    return {"kind"}.union(*(FIELD.findall(file.read_text(encoding="utf-8")) for file in files))


PRESETS = {file.stem for file in (ROOT / "crates/cli/presets").glob("*.toml")}
SETTINGS = {section: fields(folders) for section, folders in SECTIONS.items()}


def problems(text):
    """What is wrong with a page's references, in words."""
    for address in ADDRESS.findall(text):
        parts = urlparse(address)
        if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc):
            yield f"{address} is no address"
        if parts.netloc == "arxiv.org" and not re.fullmatch(r"/abs/\d{4}\.\d{4,5}", parts.path):
            yield f"{address} is no page of arXiv"
    prose = FENCED.sub("", text)
    for scheme in re.findall(r"\]\(([a-z+]+):", prose):
        if scheme != "https":
            yield f"a link begins with {scheme}: instead of https:"
    for formula in FORMULA.findall(CODE.sub("", prose)):
        if formula.count("{") != formula.count("}"):
            yield f"the braces of {formula!r} do not match"
    for code in CODE.findall(prose):
        for file in FILE.findall(code):
            if not any(ROOT.glob(file)):
                yield f"there is no file {file}"
        if PRESET.fullmatch(code) and code not in PRESETS:
            yield f"there is no preset {code}"
        setting = SETTING.fullmatch(code)
        if setting and setting[2] != "safetensors":
            unknown = set(setting[2].split(".")) - SETTINGS[setting[1]]
            if unknown:
                yield f"there is no setting {code}"


def outside():
    """What is wrong with the links of the pages outside of the guide."""
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)", text):
            if not target.startswith("http") and not (ROOT / target).exists():
                yield f"{name}: there is no file {target}"


def on_files(files, config):
    for problem in outside():
        LOG.warning(problem)
    return files


def on_page_markdown(markdown, page, config, files):
    for problem in dict.fromkeys(problems(markdown)):
        LOG.warning("%s: %s", page.file.src_uri, problem)
    return markdown


def on_page_content(html, page, config, files):
    for name in dict.fromkeys(re.findall(r"<m[a-z]+[^>]*>(\\[A-Za-z]+)", html)):
        LOG.warning("%s: a formula has %s, which is not known", page.file.src_uri, name)
    if "$" in re.sub(r"<(code|pre)\b.*?</\1>", "", html, flags=re.DOTALL):
        LOG.warning("%s: a formula is not closed", page.file.src_uri)
    # Bars that nobody asked to stretch: the left one of a pair would, and the right one, with its exponent, not.
    return re.sub(r"<mo>(&#x0007C;|&#x02016;)</mo>", r'<mo stretchy="false" lspace="0" rspace="0">\1</mo>', html)


if __name__ == "__main__":
    found = list(outside())
    for page in sorted((ROOT / "docs").rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        found += [f"{page.relative_to(ROOT)}: {problem}" for problem in dict.fromkeys(problems(text))]
    sys.exit("\n".join(found) or None)
