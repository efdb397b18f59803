#!/usr/bin/env bash
# How often `budget` finds the rank of a multi-index task: 20 seeds of each d and r, with 4d² samples.
#   bash results/budget.sh results/DATE-MACHINE
# One JSON object a run in budget.jsonl, and the counts on standard output.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
cargo build --release -p retort-cpu
mkdir -p "$out"
for dim in 32 64 128; do
    for rank in 1 2 3 4; do
        for seed in {0..19}; do
            target/release/retort-cpu budget multi-index --seed "$seed" --json \
                --set task.dim=$dim --set task.rank=$rank --set task.samples=$((4 * dim * dim)) |
                python3 -c "import json, sys; print(json.dumps({'dim': $dim, 'rank': $rank, **json.load(sys.stdin)}))"
        done
    done
done > "$out/budget.jsonl"
python3 - "$out/budget.jsonl" <<'PYTHON'
import collections, json, sys
found = collections.Counter()
for line in open(sys.argv[1]):
    run = json.loads(line)
    found[run["dim"], run["rank"]] += run["intrinsic"]["rank"] == run["rank"]
for (dim, rank), right in sorted(found.items()):
    print(f"d {dim}, r {rank}: {right} of 20")
PYTHON
