#!/usr/bin/env bash
# Makes the raw figures behind the README's numbers: one summary.json a run, in the folder given.
#   bash results/measure.sh results/DATE-MACHINE [DATA]
# DATA holds mnist/, tabular/breast_cancer.csv and tabular/diabetes.csv. About 40 minutes on 2 cores. The
# comparison with PyTorch is `just compare-torch`.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
data=${2:-../shared/data}
cargo build --release --locked -p retort-cpu
mkdir -p "$out"
python3 results/machine.py target/release/retort-cpu > "$out/machine.txt"
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

# run NAME SEEDS ARGUMENT...: distils with each seed and keeps the summary.
run() {
    local name=$1 seeds=$2 seed
    shift 2
    for seed in $seeds; do
        target/release/retort-cpu distill "$@" --seed "$seed" --out "$runs/$name-$seed"
        cp "$runs/$name-$seed/summary.json" "$out/$name-seed-$seed.json"
    done
}

# The first run of the README.
target/release/retort-cpu distill --out "$runs/demo"
cp "$runs/demo/summary.json" "$out/demo.json"

five="0 1 2 3 4"
three="0 1 2"
run multi-index "$five" multi-index
run multi-index-d128 "$five" multi-index --set task.dim=128 --set task.samples=30000
run multi-index-r3 "$five" multi-index --set task.rank=3 --set synthetic.points=18 \
    --set network.width=512 --set synthetic.labels=512 --set task.samples=20000
run multi-index-d256 "$five" multi-index --set task.dim=256 --set task.samples=131072
run digits-1 "$three" digits
run digits-10 "$three" digits --set synthetic.per_class=10
run mnist-mlp-1 "$three" mnist-mlp --set task.path="$data/mnist"
run mnist-mlp-10 "$three" mnist-mlp --set task.path="$data/mnist" --set synthetic.per_class=10
run breast-cancer "$three" examples/breast_cancer.toml --set task.path="$data/tabular/breast_cancer.csv"
run diabetes "$three" examples/diabetes.toml --set task.path="$data/tabular/diabetes.csv"
run mnist-convnet "$three" mnist-convnet --set task.path="$data/mnist"
# Peak memory is that of a process: one case, one process.
for case in unroll-mlp-10 unroll-mlp-100; do
    target/release/retort-cpu bench --json --case "$case"
done > "$out/memory.jsonl"
