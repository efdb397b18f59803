"""What each part of the choice for tables brings: the real tables again, each time without one part, or with one more.

    python results/table_parts.py OUT --retort PROGRAM --judge JUDGE --data FOLDER [--tables NAME ...]

The arguments are those of real_tables.py, whose protocol this is. `OUT/PART/TABLE.json` gets the answers, and the table is
printed. Without names it takes the tables on which a run lasts a few seconds.
"""

import json
import statistics
import tomllib

import real_tables

SMALL = ["breast_cancer", "contraceptive", "crx", "diabetes", "german", "mammographic", "mpg", "penguins", "penguins-raw",
         "phoneme", "saheart", "vehicle"]

WHOLE = "whole"

# The name of a folder, what is left out, and the settings for that. Members are told by a setting of theirs.
PARTS = {
    WHOLE: ("nothing", []),
    "start": ("all steps: the centres of k-means as rows", ["distill.steps=0"]),
    "neighbours": ("neighbour compression", "neighbour-compression"),
    "laplace": ("the Laplace kernel", "laplace"),
    "tangent": ("the neural tangent kernel", "neural-tangent"),
    "balance": ("balance of classes", ["distill.balanced=false"]),
    "row-noise": ("noise on rows", ["distill.row_noise=0"]),
    "point-noise": ("noise on points", ["distill.point_noise=0"]),
    "straight-through": ("points seen as rows while they are learned", ["distill.straight_through=false"]),
}


# The name of a folder, what is added or taken instead, and the settings or the further member for that.
OTHERS = {
    "linear": ("with a linear probe as a member", {"kind": "kernel-inducing-points", "kernel": "linear"}),
    "networks": ("with kernel regression on features of fresh networks as a member", {"kind": "kernel-regression"}),
    "gaussian": ("with a Gaussian kernel as a member", {"kind": "kernel-inducing-points", "kernel": "gaussian"}),
    "soft-labels": ("with learned labels of classes", ["inputs", "targets"]),
    "quantile": ("with the encoding `quantile`", "task.encoding=quantile"),
    "piecewise-linear": ("with the encoding `piecewise-linear`", "task.encoding=piecewise-linear"),
}


def main():
    with real_tables.asked(__doc__, SMALL) as given:
        members = {}
        for part in [*PARTS, *OTHERS]:
            for file in real_tables.files(given):
                given.set = settings(part, members.get(file.stem), given.work / file.stem)
                real_tables.keep(given.out / part, file, real_tables.measure(file, given))
                members.setdefault(file.stem, objective(given.work / file.stem)["members"])
        print("\n".join(lines(given.out)))


def settings(part, members, folder):
    """The settings without or with a part, for the table in a folder."""
    if part in PARTS:
        without = PARTS[part][1]
        # Numbers have no balance; their settings are the same without it.
        if part == "balance" and not has_classes(folder):
            return []
        return without if isinstance(without, list) else [fewer(members, without)]
    change = OTHERS[part][1]
    if isinstance(change, str):
        return [change]
    if isinstance(change, dict):
        return [assigned([*members, {**change, "learn": members[0]["learn"]}])]
    return [assigned([{**member, "learn": change} for member in members])]


def objective(folder):
    """The objective of the run on a table."""
    return tomllib.loads((folder / "run" / "config.toml").read_text())["objective"][0]


def has_classes(folder):
    """Whether the run on a table learns no targets: those of classes are given."""
    return "targets" not in objective(folder)["members"][0]["learn"]


def fewer(members, without):
    """The assignment of all members but the one with this kind or kernel."""
    return assigned([member for member in members if without not in (member["kind"], member.get("kernel"))])


def assigned(members):
    """The assignment of these members."""
    shown = ", ".join("{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in member.items()) + " }" for member in members)
    return f"objective.members=[{shown}]"


def lines(folder):
    """The lines of the table of a folder of parts."""
    rows = {part: f"without {text}" if part != WHOLE else "the choice" for part, (text, _) in PARTS.items()}
    rows.update((part, text) for part, (text, _) in OTHERS.items())
    measured = {part: real_tables.answers(folder / part) for part in rows}
    judges = list(next(iter(measured[WHOLE].values()))["judges"])
    lines = [
        f"| changed | lower median regret than k-means | mean of ours − k-means over tables: {', '.join(judges)} | of all five "
        "| own network better than on k_means |",
        "|---|---|---|---|---|",
    ]
    for part, text in rows.items():
        every = list(measured[part].values())
        if not every:
            continue
        better = real_tables.times_better(every)
        own = sum(real_tables.own_gain(it) > 0 for it in every)
        gains = [statistics.mean(it["judges"][judge]["distilled"] - it["judges"][judge]["kmeans"] for it in every) for judge in judges]
        shown = " ".join(f"{gain:+.3f}" for gain in gains)
        lines.append(f"| {text} | {better} of {len(every)} | {shown} | {statistics.mean(gains):+.3f} | {own} of {len(every)} |")
    return lines


if __name__ == "__main__":
    main()
