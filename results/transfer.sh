#!/usr/bin/env bash
# Makes the raw figures behind the README's row of multi-index-gradient and the guide's table of transfer: the summaries
# of both presets, and of every seed those of multi-index with its evaluations on other targets.
#   bash results/transfer.sh results/DATE-MACHINE [BINARY [SEEDS]]
# About 5 minutes on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
retort=${2:-target/release/retort-cpu}
seeds=${3:-0 1 2 3 4}
if [[ $# -lt 2 ]]; then
    cargo build --release --locked -p retort-cpu
fi
mkdir -p "$out"
python3 results/machine.py "$retort" > "$out/transfer-machine.txt"
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

for seed in $seeds; do
    for preset in multi-index multi-index-gradient; do
        "$retort" distill "$preset" --seed "$seed" --out "$runs/$preset-$seed"
        cp "$runs/$preset-$seed/summary.json" "$out/$preset-seed-$seed.json"
    done
    # Targets of variance 1 without a linear part, so that none is taken off. 500 rows more choose the penalty.
    for target in "quadratic" "cubic" "polynomial [0,0,0,0,1]" "polynomial [0,0,0.7,0.5,0.5]"; do
        read -r link coefficients <<< "$target"
        for rows in 500 1000 2000 5000 10000; do
            "$retort" evaluate "$runs/multi-index-$seed" --set evaluate.protocol=transfer --set task.link="$link" \
                ${coefficients:+--set task.coefficients="$coefficients"} --set task.linear_part=false \
                --set task.samples="$rows" --set task.validation=500 \
                --set evaluate.penalties="[1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]" > /dev/null
        done
    done
    cp "$runs/multi-index-$seed/summary.json" "$out/transfer-seed-$seed.json"
done
