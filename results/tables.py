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


print("| task | seed | distilled | features_distilled | full | random_real | distilled / full | alignment of features | floats | seconds |")
print("|---|---|---|---|---|---|---|---|---|---|")
for name in ["multi-index", "multi-index-d128", "multi-index-r3"]:
    summaries = runs(name)
    for summary in summaries:
        s = {key: value["mean"] for key, value in summary["scores"].items()}
        alignment, seconds = summary["alignment"], sum(summary["seconds"].values())
        print(f"| {name} | {summary['seed']} | {s['distilled']:.3f} ± {summary['scores']['distilled']['std']:.3f} | {s['features_distilled']:.3f} | {s['full']:.3f} | "
              f"{s['random_real']:.2f} | {s['distilled'] / s['full']:.2f} | {alignment['features']:.3f} (teacher {alignment['teacher_features']:.3f}) | "
              f"{summary['memory']['floats']} | {seconds:.0f} |")
    if summaries:
        ratio = mean([s["scores"]["distilled"]["mean"] / s["scores"]["full"]["mean"] for s in summaries])
        print(f"| {name} | mean | **{scores(summaries, 'distilled', 3)}** | {scores(summaries, 'features_distilled', 3)} | {scores(summaries, 'full', 3)} | "
              f"{scores(summaries, 'random_real', 2)} | **{ratio:.2f}** | {mean([s['alignment']['features'] for s in summaries]):.3f} | | |")

print()
print("| task | distilled, by seed | distilled | random_real | herding | k_center | full | floats | seconds |")
print("|---|---|---|---|---|---|---|---|---|")
for name in ["digits-1", "digits-10", "mnist-mlp-1", "mnist-mlp-10", "mnist-convnet", "breast-cancer", "diabetes"]:
    summaries = runs(name)
    if not summaries:
        continue
    each = ", ".join(f"{s['scores']['distilled']['mean']:.3f}" for s in summaries)
    cells = [f"**{scores(summaries, 'distilled', 3)}**"] + [scores(summaries, key, 3) for key in ["random_real", "herding", "k_center", "full"]]
    seconds = mean([sum(s["seconds"].values()) for s in summaries])
    longest = max(sum(s["seconds"].values()) for s in summaries)
    print(f"| {name} | {each} | {' | '.join(cells)} | {summaries[0]['memory']['floats']} | {seconds:.0f} (longest {longest:.0f}) |")
