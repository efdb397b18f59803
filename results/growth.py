"""Times how an outer step's cost grows with points, unroll length and real batch size.

Run:  python3 results/growth.py BINARY OUT [--repeat 5] [--width N]
BINARY is retort-cpu; every size runs in a process of its own, because peak memory is that of a process.
Writes OUT/growth.jsonl, one object a line as the program prints it, OUT/growth.md with the table, and
OUT/growth-machine.txt with what it was measured on.
"""
import argparse, json, pathlib, subprocess

from machine import describe

# What grows, the case, the setting, its values, and what one of them counts: there are ten classes.
SWEEPS = [
    ("points", "unroll", "synthetic.per_class", [1, 2, 4, 8], 10),
    ("unroll length T", "unroll", "objective.unroll", [10, 20, 40, 80, 100], 1),
    ("real pictures, gradient matching", "dc-iteration", "distill.batch", [16, 32, 64, 128, 256], 10),
    ("real pictures, distribution matching", "dm-iteration", "distill.batch", [16, 32, 64, 128, 256], 10),
]
# Channels of the ConvNet where none are asked for.
WIDTH = 128
# What it was measured on.
MACHINE = "growth-machine.txt"
# The lengths whose peak memory is compared, and the most that the ratio may be.
SHORT, LONG, MOST = 10, 100, 2.5


def timed(options, case, setting):
    """The one line that the program prints."""
    command = [options.binary, "bench", "--json", "--case", case, "--set", setting, "--repeat", str(options.repeat)]
    command += ["--width", str(options.width)] if options.width else []
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.strip()


def line_through(points):
    """a and b of the line a + b·size through (size, time), by least squares."""
    sizes, times = zip(*points)
    size, time = sum(sizes) / len(sizes), sum(times) / len(times)
    slope = sum((x - size) * (y - time) for x, y in points) / sum((x - size) ** 2 for x in sizes)
    return time - slope * size, slope


def measured(lines):
    """The objects of growth.jsonl by what grows and the case, and there by size."""
    found = {}
    for what, case, key, values, count in SWEEPS:
        settings = {f"{key}={value}": count * value for value in values}
        found[what, case] = {settings[line["set"][0]]: line for line in lines
                             if line["case"] == case and line["set"][0] in settings}
    return found


def rows(what, case, results):
    """A row of the table for each size; `results` are the program's lines by size."""
    level, slope = line_through([(size, line["median_ms"]) for size, line in results.items()])
    for size, line in results.items():
        straight = level + slope * size
        peak = line["peak_memory_bytes"]
        memory = "–" if peak is None else f"{peak / 1e6:.0f}"
        yield (f"| {what} | `{case}` | {size} | {line['median_ms']:.1f} | {straight:.1f} | "
               f"{line['median_ms'] / straight:.2f} | {memory} |")


def verdict(results, width):
    """The sentence on peak memory below the table."""
    peaks = {length: line["peak_memory_bytes"] for length, line in results.items()}
    if None in peaks.values():
        return "The peak memory of a process is not known on this system."
    highest = max(peaks, key=peaks.get)
    return (f"Peak memory at T = {LONG} is {peaks[LONG] / peaks[SHORT]:.2f} × that at T = {SHORT} (at most {MOST} is asked for), "
            f"and the highest, at T = {highest}, {peaks[highest] / peaks[SHORT]:.2f} ×, "
            f"through the ConvNet of width {width}; of the whole process, data and program too.")


def width_of(folder):
    """The width that a folder's lines were measured with."""
    facts = (folder / MACHINE).read_text(encoding="utf-8").splitlines()
    return next((int(fact.removeprefix("width: ")) for fact in facts if fact.startswith("width: ")), WIDTH)


def table(lines, width):
    """The lines of growth.md."""
    found = measured(lines)
    head = ["| what grows | case | size | median, ms | a + b · size, ms | time / line | peak memory, MB |",
            "|---|---|---|---|---|---|---|"]
    body = [row for (what, case), results in found.items() for row in rows(what, case, results)]
    return [*head, *body, "", verdict(found["unroll length T", "unroll"], width)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--width", type=int, help=f"channels of the ConvNet [default: {WIDTH}]")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    facts = [*describe(options.binary), f"width: {options.width or WIDTH}"]
    (options.out / MACHINE).write_text("\n".join(facts) + "\n")
    lines = []
    with open(options.out / "growth.jsonl", "w") as raw:
        for _, case, key, values, _ in SWEEPS:
            for value in values:
                line = timed(options, case, f"{key}={value}")
                print(line, file=raw, flush=True)
                lines.append(json.loads(line))
                print(line, flush=True)
    text = "\n".join(table(lines, options.width or WIDTH)) + "\n"
    print(f"\n{text}", end="")
    (options.out / "growth.md").write_text(text)


if __name__ == "__main__":
    main()
