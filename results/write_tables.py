"""Writes the tables of README and guide between their marks, and the tables of each measurement, from the raw files.

Run:  python3 results/write_tables.py [--check]
With --check nothing is written: what differs is printed, and exit code 1 says so. A table stands between

    <!-- table:NAME FOLDER -->
    <!-- /table -->

with a name of tables.py and a folder of results/. Those of a measurement, results/FOLDER/*.md, are whole files.
"""
import argparse, difflib, pathlib, re, sys

import compare_torch, growth, tables, turns

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESULTS = ROOT / "results"
MARKED = re.compile(r"^<!-- table:(?P<name>\S+) (?P<folder>\S+) -->\n(?P<old>.*?)^<!-- /table -->$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"^\s*<!-- /?table", re.MULTILINE)
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


class Mistake(Exception):
    """A page that cannot be written."""


def pages():
    """Every page that may have tables of runs."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md")),
            *sorted(RESULTS.glob("*.md"))]


def written(text, results=RESULTS):
    """A page with its tables as the raw files have them.

    Raises Mistake where a mark has no other, or names no table or folder, or where a score with ± stands in a table that
    no script writes.
    """
    def made(mark):
        name, folder = mark["name"], results / mark["folder"]
        if name not in tables.TABLES:
            raise Mistake(f"there is no table {name}, only {', '.join(tables.TABLES)}")
        if not folder.is_dir():
            raise Mistake(f"there is no folder {folder}, which table {name} is to be from")
        lines = tables.TABLES[name](folder)
        return f"<!-- table:{name} {mark['folder']} -->\n\n" + "\n".join(lines) + "\n\n<!-- /table -->"

    rest = MARKED.sub("", text)
    if MARK.search(rest):
        raise Mistake(f"a mark is not closed, or not spelt right: {MARK.search(rest)[0].strip()}…")
    for line in FENCED.sub("", rest).splitlines():
        if line.startswith("|") and "±" in line:
            raise Mistake(f"a table with ± that no script writes: {line}")
    return MARKED.sub(made, text)


def of_folder(folder):
    """The whole files of a measurement with their lines."""
    if any(folder.glob("*-seed-*.json")):
        yield "tables.md", tables.summary_of(folder)
    for raw in sorted(folder.glob("bench*.jsonl")):
        yield f"{raw.stem}.md", compare_torch.table(tables.lines_of(raw))
    if (folder / "growth.jsonl").exists():
        yield "growth.md", growth.table(tables.lines_of(folder / "growth.jsonl"), growth.width_of(folder))
    if (folder / "turns.jsonl").exists():
        yield "turns.md", turns.table(tables.lines_of(folder / "turns.jsonl"))


def wanted():
    """Every file with what is to stand in it."""
    for page in pages():
        try:
            yield page, written(page.read_text(encoding="utf-8"))
        except Mistake as mistake:
            raise SystemExit(f"{page.relative_to(ROOT)}: {mistake}") from None
    for folder in sorted(folder for folder in RESULTS.iterdir() if folder.is_dir()):
        for name, lines in of_folder(folder):
            yield folder / name, "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where something differs")
    options = parser.parse_args()
    differs = False
    # All of them first: where one cannot be made, none is written.
    for file, text in list(wanted()):
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before == text:
            continue
        differs = True
        name = str(file.relative_to(ROOT))
        if options.check:
            sys.stdout.writelines(difflib.unified_diff(
                before.splitlines(keepends=True), text.splitlines(keepends=True), name, f"{name}, of the raw files"))
        else:
            file.write_text(text, encoding="utf-8")
            print(name)
    if options.check and differs:
        raise SystemExit("tables differ from the raw files: `python3 results/write_tables.py` writes them")


if __name__ == "__main__":
    main()
