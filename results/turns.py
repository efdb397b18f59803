"""Whole runs of two builds of retort-cpu by turns: seconds, processor time, peak memory, and whether scores are the same.

Run:  python3 results/turns.py OUT NEW OLD --data FOLDER --cifar10 FOLDER [--rounds 3] [--case NAME]…
NEW and OLD are binaries, such as `cargo build --release --locked -p retort-cpu` makes of two commits. FOLDER holds mnist
and cifar10/images.zip (pictures by class); CIFAR10 the official binary files. It needs Pillow.
Writes OUT/turns.jsonl, one object a run; OUT/turns.md with the medians and, of each round, new / old; and
OUT/turns-machine.txt. `--case` measures some of the cases again, and keeps the lines of the others.
"""
import argparse, io, json, os, pathlib, shlex, statistics, subprocess, tempfile, time, zipfile

from machine import describe

# What is run after `distill`, and what is looked at: a part of the run's own seconds, all of them, or peak memory.
CASES = {
    "distil, d 256, N 131,072": (
        "multi-index --set task.dim=256 --set task.samples=131072", "distill"),
    "labels of 2048 neurons": (
        "multi-index --set network.width=2048 --set synthetic.labels=2048 --set distill.steps=[2,12] "
        "--set evaluate.runs=1 --set evaluate.baselines=false", "distill"),
    "score, ten networks": (
        "mnist-mlp --set task.path={mnist} --set distill.steps=2 --set evaluate.runs=10 --set evaluate.baselines=false", "evaluate"),
    "score, ten networks, one thread": (
        "mnist-mlp --set task.path={mnist} --set distill.steps=2 --set evaluate.runs=10 --set evaluate.baselines=false", "evaluate"),
    "CIFAR-10, memory": (
        "cifar10-dm-small --set task.path={cifar10} --set distill.steps=2 --set evaluate.runs=1 "
        "--set evaluate.baselines=false", "memory"),
    "side 512, rotated, memory": (
        "{large}", "memory"),
    "20 pictures of side 64, whitened": (
        "{few}", "all"),
}
# Pictures of a folder, with few steps.
FOLDER = """
task = {{ kind = "folder", path = "{path}", side = {side}, validation = 0.1, test = 0.1, zca = {zca} }}
network = {{ kind = "convnet", width = 4, depth = 2 }}
synthetic = {{ per_class = 1, initial = "real" }}
distill = {{ steps = 2, batch = {batch}, learning_rate = 0.1 }}
augment = {{ operations = ["rotate"] }}
evaluate = {{ runs = 1, steps = 2, baselines = false }}
[[objective]]
kind = "distribution-matching"
by_class = false
"""


def pictures(archive, folder, classes, count, side):
    """Class folders with so many pictures each, scaled to that side."""
    from PIL import Image

    with zipfile.ZipFile(archive) as names:
        for name in names.namelist():
            part, kind, file = (name.split("/") + ["", ""])[:3]
            if part == "train" and file.endswith(".jpg") and kind in classes and int(file[:-4]) < count:
                (folder / kind).mkdir(parents=True, exist_ok=True)
                picture = Image.open(io.BytesIO(names.read(name)))
                picture.resize((side, side)).save(folder / kind / f"{file[:-4]}.png")


def run(binary, words, folder, threads):
    """One run: its seconds by part, processor time, peak memory and scores."""
    environment = os.environ | ({"RAYON_NUM_THREADS": str(threads)} if threads else {})
    log = folder / "log.txt"
    started = time.monotonic()
    with open(log, "w") as file:
        process = subprocess.Popen([binary, "distill", *shlex.split(words), "--out", folder / "run", "--force"],
                                   stdout=file, stderr=file, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if status:
        raise SystemExit(f"{binary} distill {words} ended with {status}:\n{log.read_text()[-2000:]}")
    summary = json.loads((folder / "run" / "summary.json").read_text())
    return {"seconds": {"all": wall, **summary["seconds"]}, "processor_seconds": usage.ru_utime + usage.ru_stime,
            "peak_memory_bytes": usage.ru_maxrss * 1024,
            "scores": {name: score["mean"] for name, score in summary["scores"].items()}}


def seen(line):
    """The number that a case is about."""
    looked_at = CASES[line["case"]][1]
    return line["peak_memory_bytes"] / 1e9 if looked_at == "memory" else line["seconds"][looked_at]


def table(lines):
    """The lines of turns.md."""
    head = ["| case | looked at | old | new | new / old, of each round | largest difference of scores |", "|---|---|---|---|---|---|"]
    rows = []
    for case, (_, looked_at) in CASES.items():
        pairs = [[line for line in lines if line["case"] == case and line["build"] == build] for build in ("new", "old")]
        if not all(pairs):
            continue
        new, old = ([seen(line) for line in of] for of in pairs)
        apart = max(abs(a["scores"][name] - b["scores"][name]) / abs(b["scores"][name] or 1)
                    for a, b in zip(*pairs) for name in a["scores"].keys() & b["scores"].keys())
        unit = "peak, GB" if looked_at == "memory" else f"{looked_at}, s"
        rows.append(f"| {case} | {unit} | {statistics.median(old):.2f} | {statistics.median(new):.2f} | "
                    f"{', '.join(f'{a / b:.2f}' for a, b in zip(new, old))} | {apart:.1e} |")
    return head + rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("new")
    parser.add_argument("old")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("../shared/data"))
    parser.add_argument("--cifar10", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--case", action="append", choices=CASES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "turns-machine.txt").write_text("\n".join(describe(options.new)) + "\n")
    raw = options.out / "turns.jsonl"
    chosen = options.case or list(CASES)
    old_lines = [json.loads(line) for line in raw.read_text().splitlines()] if raw.exists() else []
    lines = [line for line in old_lines if line["case"] not in chosen]
    with tempfile.TemporaryDirectory(prefix="retort-turns-") as folder:
        folder = pathlib.Path(folder)
        archive = options.data / "cifar10" / "images.zip"
        pictures(archive, folder / "large", ["airplane", "bird", "cat", "deer"], 100, 64)
        pictures(archive, folder / "few", ["airplane", "bird"], 12, 64)
        for name, side, batch, zca in [("large", 512, 256, "false"), ("few", 64, 8, "true")]:
            text = FOLDER.format(path=folder / name, side=side, batch=batch, zca=zca)
            (folder / f"{name}.toml").write_text(text)
        places = {"mnist": options.data / "mnist", "cifar10": options.cifar10,
                  "large": folder / "large.toml", "few": folder / "few.toml"}
        for case in chosen:
            words = CASES[case][0].format(**places)
            for _ in range(options.rounds):
                for build, binary in [("new", options.new), ("old", options.old)]:
                    line = run(binary, words, folder, 1 if case.endswith("one thread") else None)
                    lines.append({"case": case, "build": build, **line})
            print(*table([line for line in lines if line["case"] == case])[2:], flush=True)
    raw.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (options.out / "turns.md").write_text("\n".join(table(lines)) + "\n")


if __name__ == "__main__":
    main()
