#!/usr/bin/env bash
# Makes the raw figures behind the README's table of picture methods: one summary.json a run.
#   bash results/pictures.sh results/DATE-MACHINE [MNIST CIFAR10 [SEEDS]]
# MNIST is a folder with the four usual files, CIFAR10 one with the official binary batches or its .tar.gz.
# About 40 minutes a seed on 2 cores. `python3 results/tables.py DIR` prints the table.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
mnist=${2:-../shared/data/mnist}
cifar10=${3:-../shared/data/cifar10/cifar-10-batches-bin}
seeds=${4:-0 1 2}
cargo build --release -p retort-cpu
mkdir -p "$out"
python3 results/machine.py target/release/retort-cpu > "$out/pictures-machine.txt"
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

for seed in $seeds; do
    for preset in mnist-{dc,dsa,dm,bptt,mtt,frepo}-small cifar10-{dm,bptt}-small; do
        case $preset in
            mnist-*) path=$mnist ;;
            cifar10-*) path=$cifar10 ;;
        esac
        extra=()
        if [ "$preset" = mnist-mtt-small ]; then
            extra=(--set objective.experts.path="$runs/experts")
        fi
        target/release/retort-cpu distill "$preset" --set task.path="$path" "${extra[@]}" --seed "$seed" --out "$runs/$preset-$seed"
        cp "$runs/$preset-$seed/summary.json" "$out/$preset-seed-$seed.json"
    done
done
