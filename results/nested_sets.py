"""What nested sets cost: the first k points of each class of one set, against sets that were learned for k alone.

    python results/nested_sets.py OUT --retort PROGRAM --judge JUDGE --data FOLDER [--tables NAME ...]

The arguments and the division of each table are those of real_tables.py. `OUT/TABLE.json` gets the scores of fresh networks:
for each k the prefix of the nested set, the set of k points a class, and as many centres of k-means.
"""

import json

import real_tables

SIZES = [1, 2, 5, 10]
TABLES = ["contraceptive", "digits", "mammographic", "phoneme", "segment", "texture", "vehicle"]
KINDS = ["nested", "alone", "k_means"]


def main():
    with real_tables.asked(__doc__, TABLES) as given:
        for file in real_tables.files(given):
            real_tables.keep(given.out, file, measure(file, given))
        print("\n".join(lines(given.out)))


def measure(file, given):
    folder, target = real_tables.divided(file, given)

    def scores(*settings):
        words = [word for pair in ("evaluate.judges=[]", *settings) for word in ("--set", pair)]
        real_tables.run([str(given.retort.resolve()), "distill", "train.csv", "--target", target, "--out", "run", "--force", *words], folder)
        return json.loads((folder / "run" / "summary.json").read_text())["scores"]

    nested = scores(f"synthetic.nested={SIZES}")
    found = {}
    for size in SIZES:
        name = "distilled" if size == SIZES[-1] else f"distilled_{size}"
        alone = scores(f"synthetic.per_class={size}")
        found[size] = {"nested": nested[name]["mean"], "alone": alone["distilled"]["mean"], "k_means": alone["k_means"]["mean"]}
    return found


def lines(folder):
    """The lines of the table of a folder of answers."""
    lines = [f"| table | {' | '.join(f'k = {size}' for size in SIZES)} |", "|" + "---|" * (1 + len(SIZES))]
    every = real_tables.answers(folder)
    for name, found in every.items():
        cells = [" ".join(f"{found[str(size)][kind]:.3f}" for kind in KINDS) for size in SIZES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    means = [" ".join(f"{sum(found[str(size)][kind] for found in every.values()) / len(every):.3f}" for kind in KINDS) for size in SIZES]
    return [*lines, f"| mean | {' | '.join(means)} |"]


if __name__ == "__main__":
    main()
