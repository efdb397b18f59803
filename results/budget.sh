#!/usr/bin/env bash
# How often `budget` finds the rank of a multi-index task: 20 seeds of each d and r, with 4d² samples.
#   bash results/budget.sh results/DATE-MACHINE
# One JSON object a run in budget.jsonl, where runs that are there already are not made again, and the counts on
# standard output. About 35 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1/budget.jsonl
cargo build --release -p retort-cpu
mkdir -p "$1"
touch "$out"
for dim in 32 64 128; do
    for rank in 1 2 3 4; do
        for seed in {0..19}; do
            key="{\"dim\": $dim, \"rank\": $rank, \"seed\": $seed,"
            if grep -qF "$key" "$out"; then
                continue
            fi
            target/release/retort-cpu budget multi-index --seed "$seed" --json \
                --set task.dim=$dim --set task.rank=$rank --set task.samples=$((4 * dim * dim)) |
                python3 -c "import json, sys; print('$key \"intrinsic\":', json.dumps(json.load(sys.stdin)['intrinsic']) + '}')" >> "$out"
        done
    done
done
python3 - "$out" <<'PYTHON'
import collections, json, sys
found, all = collections.Counter(), collections.Counter()
for line in open(sys.argv[1]):
    run = json.loads(line)
    place = run["dim"], run["rank"]
    all[place] += 1
    found[place] += run["intrinsic"]["rank"] == run["rank"]
for dim, rank in sorted(all):
    print(f"d {dim}, r {rank}: {found[dim, rank]} of {all[dim, rank]}")
PYTHON
