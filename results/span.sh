#!/usr/bin/env bash
# Whether 2r² points ever fail to span S: the sweeps span.toml and noise.toml, phase 1 alone.
#   bash results/span.sh results/DATE-MACHINE
# Their tables as span.csv and noise.csv, and the smallest cosines on standard output. About 4 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked -p retort-cpu
mkdir -p "$1"
sweeps=$(mktemp -d)
trap 'rm -rf "$sweeps"' EXIT
for name in span noise; do
    target/release/retort-cpu sweep "results/$name.toml" --out "$sweeps/$name" > /dev/null
    cp "$sweeps/$name/results.csv" "$1/$name.csv"
    python3 - "$1/$name.csv" <<'PYTHON'
import collections, csv, sys
runs = collections.defaultdict(list)
for run in csv.DictReader(open(sys.argv[1])):
    varies = {name: value for name, value in run.items() if name.startswith(("task.", "synthetic.", "distill."))}
    runs[tuple(varies.items())].append(float(run["alignment.smallest_cosine"]))
for varies, cosines in runs.items():
    words = ", ".join(f"{name} {value}" for name, value in varies)
    print(f"{words}: {sum(cosine > 0.9 for cosine in cosines)} of {len(cosines)} above 0.9, the least {min(cosines):.3f}")
PYTHON
done
