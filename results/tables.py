"""The tables of README and guide, from the raw files of a measurement.

Run:  python3 results/tables.py DIR
Prints all of them. `python3 results/write_tables.py` writes them where they belong.

A score is the mean over fresh networks trained on one set. With ± stands the sample standard deviation (n − 1) of the
scores over seeds, each with a set of its own; of a row with a single seed that over the networks of its set, which is
then said beside it.
"""
import collections, json, pathlib, statistics, sys

import compare_torch, growth, nested_sets, real_tables, table_parts, turns

TWO_PHASE = {
    "multi-index": "d 64, r 2, L 256, N 10,000, 8 points",
    "multi-index-gradient": "the same, both stages along gradients (`multi-index-gradient`)",
    "multi-index-d128": "d 128, r 2, L 256, N 30,000, 8 points",
    "multi-index-d256": "d 256, r 2, L 256, N 131,072, 8 points",
    "multi-index-r3": "d 64, r 3, L 512, N 20,000, 18 points",
}
# Targets that features of another are used for, by what was set of their task.
TARGETS = {
    "quadratic": "$he_2$ (`quadratic`)",
    "cubic": "$he_3$ (`cubic`)",
    "polynomial [0,0,0,0,1]": "$he_4$",
    "polynomial [0,0,0.7,0.5,0.5]": "$0.7 he_2 + 0.5 he_3 + 0.5 he_4$",
}
TRAINED = {
    "digits-1": "digits, 1 a class (`digits`)",
    "digits-10": "digits, 10 a class",
    "mnist-mlp-1": "MNIST, MLP, 1 a class (`mnist-mlp`)",
    "mnist-mlp-10": "MNIST, MLP, 10 a class",
    "mnist-convnet": "MNIST, ConvNet of width 32, 1 a class (`mnist-convnet`)",
    "breast-cancer": "breast_cancer.csv, 2 a class",
    "diabetes": "diabetes.csv, 10 points (squared error)",
}
PICTURES = {
    f"{data}-{short.lower()}-small": f"{title}, {objective} ({short}), {points} a class (`{data}-{short.lower()}-small`)"
    for data, title in [("mnist", "MNIST"), ("cifar10", "CIFAR-10")]
    for short, objective, points in [
        ("DC", "gradient matching", 1),
        ("DSA", "gradient matching", 1),
        ("BPTT", "performance matching", 1),
        ("MTT", "trajectory matching", 1),
        ("DM", "distribution matching", 10),
        ("FRePo", "kernel regression", 10),
    ]
}
CASES = {
    "two-layer": "`two-layer`, a step through a network of two layers: 8192 rows of 512, width 1024",
    "two-layer-mirrored": "`two-layer-mirrored`, the same from the theory's start, which mirrors its neurons",
    "dc-iteration": "`dc-iteration`, gradient matching through the ConvNet",
    "unroll": "`unroll`, ten steps of the ConvNet and back",
    "dm-iteration": "`dm-iteration`, distribution matching",
    "train-epoch": "`train-epoch` of the ConvNet",
}
# What grows, as growth.py names it with its case: the objective, and what grows in the guide's words.
COSTS = {
    ("real pictures, distribution matching", "dm-iteration"): ("distribution matching, 1 point a class", "real rows in all"),
    ("real pictures, gradient matching", "dc-iteration"): ("gradient matching, 1 point a class", "real rows in all"),
    ("unroll length T", "unroll"): ("performance matching, 10 points", "steps inside, $T$"),
    ("points", "unroll"): ("performance matching, $T = 10$", "points"),
}
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def lines_of(file):
    """The objects of a file with one a line."""
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def runs(folder, name):
    """The summaries of a row, in the order of their seeds."""
    found = [json.loads(file.read_text(encoding="utf-8")) for file in folder.glob(f"{name}-seed-*.json")]
    return sorted(found, key=lambda summary: summary["seed"])


def mean(values):
    return statistics.mean(values)


def spread(deviation, digits):
    """A deviation in as many digits, or in one that is not 0."""
    while 0 < deviation < 0.5 * 10**-digits:
        digits += 1
    return f"{deviation:.{digits}f}"


def score(summaries, name, digits):
    """A score of a row: mean and ± over its seeds, or over the networks of its only one."""
    found = [summary["scores"][name] for summary in summaries if name in summary["scores"]]
    match found:
        case []:
            return "–"
        case [one]:
            return f"{one['mean']:.{digits}f} ± {spread(one['std'], digits)} (over {one['runs']} networks)"
    means = [one["mean"] for one in found]
    fewer = f" ({len(means)} seeds)" if len(means) < len(summaries) else ""
    return f"{mean(means):.{digits}f} ± {spread(statistics.stdev(means), digits)}{fewer}"


def seconds(summary):
    return sum(summary["seconds"].values())


def ratio(summary):
    return summary["scores"]["distilled"]["mean"] / summary["scores"]["full"]["mean"]


def rows_of(folder, titles):
    """The rows that were measured, with their summaries."""
    found = [(title, runs(folder, name)) for name, title in titles.items()]
    return [(title, summaries) for title, summaries in found if summaries]


def table(columns, rows):
    """The lines of a table."""
    return [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns), *(f"| {' | '.join(row)} |" for row in rows)]


def theory(folder):
    columns = ["task", "seeds", "distilled", "largest", "full", "distilled / full", "features_distilled", "random_real",
               "alignment, teacher's", "floats", "longest"]

    def row(title, summaries):
        ratios = [ratio(summary) for summary in summaries]
        largest = max(summary["scores"]["distilled"]["mean"] for summary in summaries)
        student, teacher = ([summary["alignment"][key] for summary in summaries] for key in ["features", "teacher_features"])
        return [title, str(len(summaries)), f"**{score(summaries, 'distilled', 3)}**", f"{largest:.3f}",
                score(summaries, "full", 3), f"**{mean(ratios):.2f}** ({min(ratios):.2f} to {max(ratios):.2f})",
                score(summaries, "features_distilled", 3), score(summaries, "random_real", 2),
                f"{mean(student):.3f} (lowest {min(student):.3f}), {mean(teacher):.3f}",
                str(summaries[0]["memory"]["floats"]), f"{max(map(seconds, summaries)):.0f} s"]

    return table(columns, [row(*found) for found in rows_of(folder, TWO_PHASE)])


def against_baselines(folder, titles, time, shown):
    """Scores beside those of the baselines, with a time of the summaries in the last column."""
    names = ["random_real", "herding", "k_center", "full"]
    rows = [[title, str(len(summaries)), f"**{score(summaries, 'distilled', 3)}**",
             *(score(summaries, name, 3) for name in names), str(summaries[0]["memory"]["floats"]), shown(summaries)]
            for title, summaries in rows_of(folder, titles)]
    return table(["task", "seeds", "distilled", *names, "floats", time], rows)


def transfer(folder):
    """What features of one target are worth for others, by the rows that readouts are fitted on."""
    names = {"distilled": "8 points", "random_features": "random", "full": "the same rows"}
    found = collections.defaultdict(list)
    for summary in runs(folder, "transfer"):
        for evaluation in summary["evaluations"]:
            given = dict(override.split("=", 1) for override in evaluation["overrides"])
            target = " ".join(filter(None, [given["task.link"], given.get("task.coefficients")]))
            found[target, int(given["task.samples"])].append(evaluation)
    counts = sorted({count for _, count in found})
    rows = [[title, words, *(score(found[target, count], name, 3) for count in counts)]
            for target, title in TARGETS.items() for name, words in names.items()]
    return table(["target", "features of", *(f"N' = {count:,}" for count in counts)], rows)


def trained(folder):
    return against_baselines(folder, TRAINED, "longest", lambda summaries: f"{max(map(seconds, summaries)):.0f} s")


def pictures(folder):
    # Those of the first seed were distilled with the machine to themselves.
    return against_baselines(folder, PICTURES, "seconds of the first seed", lambda summaries: f"{seconds(summaries[0]):.0f}")


def run_by_run(folder):
    """Every run by itself, with ± over the fresh networks of its set."""
    names = ["distilled", "random_real", "full"]

    def row(name, summary):
        scores = [summary["scores"][key] for key in names]
        return [name, str(summary["seed"]), *(f"{one['mean']:.4f} ± {one['std']:.4f}" for one in scores),
                f"{seconds(summary):.1f}"]

    return table(["run", "seed", *names, "seconds"],
                 [row(name, summary) for name in [*TWO_PHASE, *TRAINED, *PICTURES] for summary in runs(folder, name)])


def memory_law(folder):
    """The fewest points that are enough, by rank and dimension, as the seeds have them."""
    law = json.loads((folder / "memory-law/summary.json").read_text(encoding="utf-8"))["law"]
    ranks, dims = (sorted({of[key] for of in law["thresholds"]}) for key in ["rank", "dim"])
    tried = collections.defaultdict(int)
    for run in law["observations"]:
        place = run["rank"], run["dim"]
        tried[place] = max(tried[place], run["points"])

    def cell(rank, dim):
        found = collections.Counter(of["points"] for of in law["thresholds"] if (of["rank"], of["dim"]) == (rank, dim))
        words = {points: f"more than {tried[rank, dim]}" if points is None else str(points) for points in found}
        match found.most_common():
            case [(points, _)]:
                return words[points]
            case counted:
                (first, seeds), *others = counted
                rest = ", ".join(f"{words[points]} of {NUMBERS[count]}" for points, count in others)
                return f"{words[first]} of {NUMBERS[seeds]} seed{'s' if seeds > 1 else ''}, {rest}"

    return table(["fewest points, of those tried", *(f"d = {dim}" for dim in dims)],
                 [[f"r = {rank}", *(cell(rank, dim) for dim in dims)] for rank in ranks])


def bench(folder):
    rows = [[CASES[case], f"{ours:.0f}", f"{theirs:.0f}", f"**{statistics.median(ratios):.2f}**",
             f"{min(ratios):.2f} to {max(ratios):.2f}"]
            for case, (ours, theirs, ratios) in compare_torch.compared(lines_of(folder / "bench.jsonl")).items()]
    return table(["case of `bench`", "Retort, ms", "PyTorch, ms", "ratio", "of the rounds"], rows)


def whole_runs(folder):
    return turns.table(lines_of(folder / "turns.jsonl"))


def cost(folder):
    """Time and peak memory of an outer step, at the ends of what was measured."""
    found = growth.measured(lines_of(folder / "growth.jsonl"))

    def row(key):
        sizes = found[key]
        time, peak = ({size: line[of] for size, line in sizes.items()} for of in ["median_ms", "peak_memory_bytes"])
        ends = ", ".join(f"{time[size] / 1000:#.2g} s at {size}" for size in [min(sizes), max(sizes)])
        least, most, last = (bytes / 1e6 for bytes in [min(peak.values()), max(peak.values()), peak[max(sizes)]])
        return [*COSTS[key], ends, f"{least:.0f} to {most:.0f} MB, {last:.0f} at {max(sizes)}"]

    return table(["objective", "what grows", "time", "peak memory"], [row(key) for key in COSTS])


def peak_memory(folder):
    found = lines_of(folder / "peak-memory.jsonl")
    return table(["preset", *(f"`{line['preset']}`" for line in found)],
                 [["peak memory, GB", *(f"{line['peak_memory_bytes'] / 1e9:.2f}" for line in found)]])


# Beginnings of the names of scores that are no other sets of the same size, as in crates/cli/src/worth.rs.
NO_RIVALS = ("distilled", "full", "features_", "random_features", "k_means_")


def worth(summary):
    """Whether the set is better than the best other set, as the program prints it for mean squared errors."""
    scores = summary["scores"]
    rivals = [name for name in scores if not name.startswith(NO_RIVALS)]
    best = min(rivals, key=lambda name: scores[name]["mean"])
    own, other = scores["distilled"], scores[best]
    gain = other["mean"] - own["mean"]
    doubt = 2 * (own["std"] ** 2 / own["runs"] + other["std"] ** 2 / other["runs"]) ** 0.5
    if abs(gain) <= doubt:
        return f"{best} is as good here: the difference of {abs(gain):.4f} is within two standard errors ({doubt:.4f})"
    better = f"yes: better by {gain:.4f} than {best}" + (", the best of the others" if len(rivals) > 1 else "")
    return better if gain > 0 else f"no: {best} is better by {-gain:.4f}"


def demo(folder):
    """What `distill` prints of its first run, from the summary that it left."""
    summary = json.loads((folder / "demo.json").read_text())
    task, memory, spent = summary["task"]["name"], summary["memory"], summary["seconds"]
    floats = memory["floats"]
    shares = ", ".join(f"{name.replace('_', ' ')} {share:.3f}" for name, share in summary["alignment"].items())
    return [
        "```text", f"{task}, seed {summary['seed']}", "",
        f"{'trained on':22}test mean squared error (smaller is better; of tables and arrays in standardised units)",
        *(f"{name:22}{one['mean']:.4f} ± {one['std']:.4f}  ({one['runs']} fresh networks)"
          for name, one in summary["scores"].items()), "",
        f"memory     {floats} numbers: {memory['real_floats'] / floats:.0f} times less than the data's "
        f"{memory['real_floats']}, {memory['model_floats'] / floats:.1f} times less than the model's "
        f"{memory['model_floats']}, {floats / memory['theory_floats']:.2f} times the theory's r²d + L = "
        f"{memory['theory_floats']}",
        f"alignment  {shares}",
        f"worth it   {worth(summary)}",
        f"seconds    {spent['distill']:.1f} to distil, {spent['evaluate']:.1f} to evaluate", "```",
    ]


def of_real_tables(folder):
    return real_tables.lines(folder / "real-tables")


def of_real_tables_in_short(folder):
    return real_tables.short(folder / "real-tables")


def of_nested_sets(folder):
    return nested_sets.lines(folder / "nested-sets")


def of_table_parts(folder):
    return table_parts.lines(folder / "table-parts")


# By the names in the marks of README and guide.
TABLES = {"demo": demo, "theory": theory, "memory-law": memory_law, "trained": trained, "pictures": pictures,
          "peak-memory": peak_memory, "transfer": transfer, "bench": bench, "cost": cost, "turns": whole_runs,
          "real-tables": of_real_tables, "real-tables-in-short": of_real_tables_in_short, "table-parts": of_table_parts,
          "nested-sets": of_nested_sets}


def summary_of(folder):
    """The lines of tables.md: rows with ± over seeds, then every run with ± over networks."""
    of_seeds = "± over seeds, of a row with a single one over the networks of its set (sample standard deviation)."
    tables = [theory(folder), trained(folder), pictures(folder)]
    parts = [[of_seeds], *(lines for lines in tables if len(lines) > 2),
             ["Run by run, ± over the fresh networks of one set:"], run_by_run(folder)]
    return [line for part in parts for line in [*part, ""]][:-1]


if __name__ == "__main__":
    for name, make in TABLES.items():
        print(f"{name}\n")
        print("\n".join(make(pathlib.Path(sys.argv[1]))) + "\n")
