"""Distils the real tables with `distill train.csv` and judges the exported sets. Of six the target is named, since it is not
the last column; nothing else is set.

    python results/real_tables.py OUT --retort PROGRAM --judge JUDGE --data FOLDER [--tables NAME ...] [--set KEY=VALUE ...]
                                  [--seeds N ...] [--work FOLDER]

JUDGE is `judge_tables.py`, FOLDER holds `tables/*.csv` and `tabular/*.csv`. Each table is divided by the judge (seed 0, a
quarter for the test), distilled (ten points a class, forty for numbers), exported as CSV and judged. `OUT/TABLE.json` gets the
judge's answer, our own scores and the seconds, and the table is printed. The answers of a seed of the distillation other than 0
are in `OUT/seed-N`; the division of a table is always the same. Files on the way there are kept in the folder of
`--work` if it is given. Needs numpy, pandas and scikit-learn.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = {
    "penguins": "species",
    "penguins-raw": "Species",
    "mammographic": "severity",
    "saheart": "chd",
    "diamonds": "price",
    "mpg": "hwy",
}


LEARNERS = {
    "knn": "nearest neighbour",
    "linear": "logistic or ridge regression",
    "forest": "random forest",
    "boosting": "boosted trees",
    "mlp": "MLP",
}


def main():
    with asked(__doc__) as given:
        measure_all(given)


@contextlib.contextmanager
def asked(doc, tables=()):
    """The arguments, with a folder for files on the way there. Without names of tables they are these, or all."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    for name in ("retort", "judge", "data"):
        parser.add_argument("--" + name, type=Path, required=True)
    parser.add_argument("--tables", nargs="*", default=tables)
    parser.add_argument("--set", nargs="*", default=[])
    parser.add_argument("--seeds", nargs="*", type=int, default=[0])
    parser.add_argument("--work", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        given.work = given.work or Path(temporary)
        yield given


def files(given):
    """The files of the tables that are asked for."""
    every = sorted([*given.data.glob("tables/*.csv"), *given.data.glob("tabular/*.csv")])
    return [file for file in every if not given.tables or file.stem in given.tables]


def measure_all(given):
    for seed in given.seeds:
        for file in files(given):
            measured = measure(file, given, seed)
            keep(of_seed(given.out, seed), file, measured)
            print(row(file.stem, measured), flush=True)
    print("\n".join(lines(given.out)))


def keep(folder, file, answer):
    """Writes the answer about a table."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{file.stem}.json").write_text(json.dumps(answer, indent=1) + "\n")


def of_seed(folder, seed):
    """The folder with the answers of a seed."""
    return folder / f"seed-{seed}" if seed else folder


def answers(folder):
    """The answers in a folder, by the name of the table."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}


def lines(folder):
    """The lines of the table of a folder of answers, and of all its seeds."""
    return [*table(answers(folder)), *over_seeds(folder)]


def over_seeds(folder):
    """How often the set was better than k-means, over the seeds of a folder of answers."""
    others = sorted(int(path.name.removeprefix("seed-")) for path in folder.glob("seed-*"))
    if not others:
        return []
    every = [list(answers(of_seed(folder, seed)).values()) for seed in [0, *others]]
    spread = lambda counts: f"{statistics.mean(counts):.1f} ± {statistics.stdev(counts):.1f} ({', '.join(map(str, counts))})"
    better = spread([times_better(of) for of in every])
    worse = spread([times_worse(of) for of in every])
    own = spread([sum(own_gain(it) > 0 for it in of) for of in every])
    ratio = [median_ratio(of) for of in every]
    return [
        "",
        f"Over the seeds 0 to {others[-1]}, mean ± sample standard deviation: lower median regret than k-means on {better} "
        f"of {len(every[0])} tables, higher on {worse}; own network better on {own}; median ratio {min(ratio):.2f} to "
        f"{max(ratio):.2f}.",
    ]


def divided(file, given):
    """The folder with `train.csv` and `test.csv` of a table, and its target."""
    folder = (given.work / file.stem).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    target = TARGETS.get(file.stem) or file.read_text().splitlines()[0].split(",")[-1].strip('"')
    run([sys.executable, str(given.judge), "--split", str(file.resolve()), "--target", target, "--out", str(folder)])
    return folder, target


def measure(file, given, seed=0):
    folder, target = divided(file, given)
    judge = [sys.executable, str(given.judge)]
    retort, sets = str(given.retort.resolve()), [word for pair in given.set for word in ("--set", pair)]
    begun = time.monotonic()
    named = ["--target", target] if file.stem in TARGETS else []
    seeded = ["--seed", str(seed)] if seed else []
    command = [retort, "distill", "train.csv", *named, *seeded, "--out", "run", "--force", *sets]
    run(command, folder)
    seconds = time.monotonic() - begun
    run([retort, "export", "run", "--format", "csv", "--out", "set.csv", "--force"], folder)
    files = [word for name in ("train", "test") for word in (f"--{name}", f"{name}.csv")]
    told = run([*judge, *files, "--target", target, "--distilled", "set.csv", "--json"], folder)
    scores = json.loads((folder / "run" / "summary.json").read_text())["scores"]
    own = {name: scores[name]["mean"] for name in ("distilled", "k_means", "random_real", "full") if name in scores}
    return {"seconds": round(seconds, 1), "own": own, **json.loads(told)}


def run(command, folder=None):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def is_error(measured):
    """Whether our own score is an error, of which less is better."""
    return measured["own"]["random_real"] > measured["own"]["full"]


def times_better(every):
    """On how many tables the set has a lower median regret than k-means."""
    return sum(it["median_regret_distilled"] < it["median_regret_kmeans"] for it in every)


def times_worse(every):
    """On how many tables it has a higher one."""
    return sum(it["median_regret_distilled"] > it["median_regret_kmeans"] for it in every)


def median_ratio(every):
    """The median over tables of our median regret divided by that of k-means, which counts as 0.05 at least."""
    return statistics.median(it["median_regret_distilled"] / max(it["median_regret_kmeans"], 0.05) for it in every)


def own_gain(measured):
    gain = measured["own"]["distilled"] - measured["own"]["k_means"]
    return -gain if is_error(measured) else gain


def row(name, measured):
    kmeans, ours = measured["median_regret_kmeans"], measured["median_regret_distilled"]
    own = measured["own"]
    judges = " ".join(f"{judge['distilled'] - judge['kmeans']:+.3f}" for judge in measured["judges"].values())
    return (
        f"| {name} | {measured['points']} | {kmeans:.2f} | {ours:.2f} | {ours / max(kmeans, 0.05):.2f} | {judges} "
        f"| {own['distilled']:.3f} | {own['k_means']:.3f} | {measured['seconds']} |"
    )


def short(folder):
    """What a page for newcomers tells of a folder of answers: how often the set was better than k-means, and for whom."""
    every = list(answers(folder).values())
    better = times_better(every)
    worse = times_worse(every)
    lines = ["| learner | score, k-means | score, distilled | score, all rows | tables on which distilled is better, worse |", "|---|---|---|---|---|"]
    for judge, name in LEARNERS.items():
        scores = [it["judges"][judge] for it in every]
        mean = {key: statistics.mean(score[key] for score in scores) for key in ("kmeans", "distilled", "full")}
        wins = [sum(sign * (score["distilled"] - score["kmeans"]) > 0 for score in scores) for sign in (1, -1)]
        lines.append(f"| {name} | {mean['kmeans']:.3f} | {mean['distilled']:.3f} | {mean['full']:.3f} | {wins[0]}, {wins[1]} |")
    return [*lines, "", f"By the median over the five learners, the distilled set is better on {better} of {len(every)} tables, and worse on {worse}."]


def table(all_measured):
    judges = " ".join(next(iter(all_measured.values()))["judges"])
    lines = [
        f"| table | points | regret, k-means | ours | ratio | ours − k-means of {judges} | own network, distilled | k_means | seconds |",
        "|" + "---|" * 9,
    ]
    lines += [row(name, measured) for name, measured in all_measured.items()]
    every = list(all_measured.values())
    better = times_better(every)
    own = sum(own_gain(it) > 0 for it in every)
    lines += [
        "",
        f"Lower median regret than k-means: {better} of {len(every)}. Median ratio: {median_ratio(every):.2f}. "
        f"Own network better on the set than on k-means: {own} of {len(every)}. "
        f"Longest: {max(it['seconds'] for it in every)} s.",
    ]
    return lines


if __name__ == "__main__":
    main()
