"""Times `retort-cpu bench` and the PyTorch reference by turns, and prints the ratios of their medians.

Run:  python3 results/compare_torch.py OUT [--retort BINARY] [--reference FILE] [--device cpu|cuda] [--width N]
          [--rounds 5] [--repeat 5] [--case NAME]… [--name bench]
Writes OUT/NAME.jsonl, one object a line as both programs print it, OUT/NAME.md with the table, and
OUT/NAME-machine.txt with the machine, the versions and the threads it was measured with.
The ratio is the median over rounds of (Retort's median / PyTorch's median in the same round).
"""
import argparse, json, pathlib, statistics, subprocess, sys

from machine import describe

CASES = ["two-layer", "two-layer-mirrored", "dc-iteration", "unroll", "dm-iteration", "train-epoch"]


def compared(lines):
    """By case: Retort's and PyTorch's median over rounds in ms, and the ratio of each round.

    `lines` are the objects of NAME.jsonl, Retort's and PyTorch's by turns.
    """
    pairs = {}
    for ours, theirs in zip(lines[::2], lines[1::2], strict=True):
        if ours["case"] != theirs["case"] or "torch" in ours["engine"] or "torch" not in theirs["engine"]:
            raise ValueError(f"{ours} and {theirs} are no round of one case")
        pairs.setdefault(ours["case"], []).append((ours["median_ms"], theirs["median_ms"]))
    return {case: (*map(statistics.median, zip(*rounds)), [a / b for a, b in rounds])
            for case, rounds in pairs.items()}


def table(lines):
    """The lines of NAME.md."""
    head = ["| case | Retort, ms | PyTorch, ms | ratio | ratios of the rounds |", "|---|---|---|---|---|"]
    return head + [f"| `{case}` | {ours:.0f} | {theirs:.0f} | {statistics.median(ratios):.2f} | "
                   f"{', '.join(f'{ratio:.2f}' for ratio in ratios)} |"
                   for case, (ours, theirs, ratios) in compared(lines).items()]


def timed(command):
    """The one JSON object that the program prints."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True)
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--retort", default="target/release/retort-cpu")
    parser.add_argument("--reference", default="../shared/reference/torch_bench.py")
    parser.add_argument("--device", default="cpu", help="the reference's device")
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--name", default="bench")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--case", action="append", choices=CASES)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / f"{options.name}-machine.txt").write_text("\n".join(describe(options.retort, torch=True)) + "\n")
    lines = []
    with open(options.out / f"{options.name}.jsonl", "w") as raw:
        for case in options.case or CASES:
            for _ in range(options.rounds):
                common = ["--case", case, "--repeat", str(options.repeat)]
                wide = [] if case.startswith("two-layer") else ["--width", str(options.width)]
                pair = [timed([options.retort, "bench", "--json", *common, *wide]),
                        timed([sys.executable, options.reference, *common, *wide, "--device", options.device])]
                for line in pair:
                    print(json.dumps(line), file=raw, flush=True)
                lines += pair
            print(table(lines)[-1], flush=True)
    (options.out / f"{options.name}.md").write_text("\n".join(table(lines)) + "\n")


if __name__ == "__main__":
    main()
