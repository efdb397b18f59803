"""Prints the README's tables from the summaries that measure.sh left.   python3 results/tables.py DIR"""
import json, pathlib, statistics, sys

folder = pathlib.Path(sys.argv[1])


def runs(name):
    files = sorted(folder.glob(f"{name}-seed-*.json"))
    return [json.loads(file.read_text()) for file in files]


def mean(values):
    return statistics.mean(values)


def scores(summaries, name, digits):
    """Mean over seeds of the means, and of the standard deviations over fresh networks."""
    found = [summary["scores"][name] for summary in summaries if name in summary["scores"]]
    return f"{mean([s['mean'] for s in found]):.{digits}f} ± {mean([s['std'] for s in found]):.{digits}f}" if found else "–"


TWO_PHASE = {
    "multi-index": "d 64, r 2, L 256, N 10,000, 8 points",
    "multi-index-d128": "d 128, r 2, L 256, N 30,000, 8 points",
    "multi-index-d256": "d 256, r 2, L 256, N 131,072, 8 points",
    "multi-index-r3": "d 64, r 3, L 512, N 20,000, 18 points",
}
TRAINED = {
    "digits-1": "digits, 1 a class",
    "digits-10": "digits, 10 a class",
    "mnist-mlp-1": "MNIST, MLP, 1 a class",
    "mnist-mlp-10": "MNIST, MLP, 10 a class",
    "mnist-convnet": "MNIST, ConvNet of width 32, 1 a class",
    "breast-cancer": "breast_cancer.csv, 2 a class",
    "diabetes": "diabetes.csv, 10 points (squared error)",
}
PICTURES = {
    "mnist-dc-small": "MNIST, DC, 1 a class",
    "mnist-dsa-small": "MNIST, DSA, 1 a class",
    "mnist-bptt-small": "MNIST, BPTT, 1 a class",
    "mnist-mtt-small": "MNIST, MTT, 1 a class",
    "mnist-dm-small": "MNIST, DM, 10 a class",
    "mnist-frepo-small": "MNIST, FRePo, 10 a class",
    "cifar10-dc-small": "CIFAR-10, DC, 1 a class",
    "cifar10-dsa-small": "CIFAR-10, DSA, 1 a class",
    "cifar10-bptt-small": "CIFAR-10, BPTT, 1 a class",
    "cifar10-mtt-small": "CIFAR-10, MTT, 1 a class",
    "cifar10-dm-small": "CIFAR-10, DM, 10 a class",
    "cifar10-frepo-small": "CIFAR-10, FRePo, 10 a class",
}


def seconds(summary):
    return sum(summary["seconds"].values())


def ratio(summary):
    return summary["scores"]["distilled"]["mean"] / summary["scores"]["full"]["mean"]


print("| task | seeds | distilled | largest | full | distilled / full | features_distilled | random_real | alignment, teacher's | floats | longest |")
print("|---|---|---|---|---|---|---|---|---|---|---|")
for name, title in TWO_PHASE.items():
    summaries = runs(name)
    if not summaries:
        continue
    largest = max(s["scores"]["distilled"]["mean"] for s in summaries)
    student, teacher = (mean([s["alignment"][key] for s in summaries]) for key in ["features", "teacher_features"])
    lowest = min(s["alignment"]["features"] for s in summaries)
    print(f"| {title} | {len(summaries)} | **{scores(summaries, 'distilled', 3)}** | {largest:.3f} | {scores(summaries, 'full', 3)} | **{mean([ratio(s) for s in summaries]):.2f}** ({min(map(ratio, summaries)):.2f} to {max(map(ratio, summaries)):.2f}) | "
          f"{scores(summaries, 'features_distilled', 3)} | {scores(summaries, 'random_real', 2)} | {student:.3f} (lowest {lowest:.3f}), {teacher:.3f} | "
          f"{summaries[0]['memory']['floats']} | {max(map(seconds, summaries)):.0f} s |")

print()
for group in [TRAINED, PICTURES]:
    # Pictures of the first seed were distilled with the machine to themselves.
    time = "longest" if group is TRAINED else "seconds of the first seed"
    print(f"| task | seeds | distilled | random_real | herding | k_center | full | floats | {time} |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, title in group.items():
        summaries = runs(name)
        if not summaries:
            continue
        cells = [f"**{scores(summaries, 'distilled', 3)}**"] + [scores(summaries, key, 3) for key in ["random_real", "herding", "k_center", "full"]]
        longest = f"{max(map(seconds, summaries)):.0f} s"
        if group is PICTURES:
            title, longest = f"{title} (`{name}`)", f"{seconds(summaries[0]):.0f}"
        print(f"| {title} | {len(summaries)} | {' | '.join(cells)} | {summaries[0]['memory']['floats']} | {longest} |")
    print()

print("| run | seed | distilled | random_real | full | seconds |")
print("|---|---|---|---|---|---|")
for name in [*TWO_PHASE, *TRAINED, *PICTURES]:
    for summary in runs(name):
        cells = [f"{summary['scores'][key]['mean']:.4f} ± {summary['scores'][key]['std']:.4f}" for key in ["distilled", "random_real", "full"]]
        print(f"| {name} | {summary['seed']} | {' | '.join(cells)} | {seconds(summary):.1f} |")
