#!/usr/bin/env bash
# How often `budget` finds the rank of a multi-index task: 20 seeds of each d and r, with 4d² samples; and what it
# says of tasks that are none. These seeds, 20 to 39, chose nothing: it was developed on 0 to 19.
#   bash results/budget.sh results/DATE-MACHINE [MNIST]
# One JSON object a run in budget.jsonl, where runs that this binary made already are not made again and those of
# others are dropped; what it says of digits, the CSV files and MNIST, a folder with the four usual files, in
# budget-tasks.txt; and the counts on standard output. About 35 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1/budget.jsonl
tasks=$1/budget-tasks.txt
mnist=${2:-../shared/data/mnist}
cargo build --release --locked -p retort-cpu
retort=target/release/retort-cpu
binary=$(sha256sum "$retort" | cut -c1-16)
mkdir -p "$1"
touch "$out"
grep -F "\"binary\": \"$binary\"" "$out" > "$out.kept" || true
mv "$out.kept" "$out"
python3 results/machine.py "$retort" > "$1/budget-machine.txt"
for dim in 32 64 128; do
    for rank in 1 2 3 4; do
        for seed in {20..39}; do
            key="{\"binary\": \"$binary\", \"dim\": $dim, \"rank\": $rank, \"seed\": $seed,"
            if grep -qF "$key" "$out"; then
                continue
            fi
            "$retort" budget multi-index --seed "$seed" --json \
                --set task.dim=$dim --set task.rank=$rank --set task.samples=$((4 * dim * dim)) 2> /dev/null |
                python3 -c "import json, sys; print('$key \"intrinsic\":', json.dumps(json.load(sys.stdin)['intrinsic']) + '}')" >> "$out"
        done
    done
done
for words in "digits --most 20" examples/breast_cancer.toml examples/diabetes.toml "mnist-mlp --set task.path=MNIST"; do
    echo "\$ retort-cpu budget $words"
    SECONDS=0
    # shellcheck disable=SC2086 # words are several
    "$retort" budget ${words/MNIST/$mnist} 2>/dev/null
    printf '(%s seconds)\n\n' "$SECONDS"
done > "$tasks.new"
mv "$tasks.new" "$tasks"
python3 - "$out" <<'PYTHON'
import collections, json, sys
found, runs = collections.Counter(), collections.Counter()
for line in open(sys.argv[1]):
    run = json.loads(line)
    place = run["dim"], run["rank"]
    runs[place] += 1
    found[place] += run["intrinsic"]["rank"] == run["rank"]
for dim, rank in sorted(runs):
    print(f"d {dim}, r {rank}: {found[dim, rank]} of {runs[dim, rank]}")
PYTHON
