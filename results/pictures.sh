#!/usr/bin/env bash
# Makes the raw figures behind the README's table of picture methods: one summary.json a run.
#   bash results/pictures.sh results/DATE-MACHINE [MNIST CIFAR10 [SEEDS [PRESETS]]]
# MNIST is a folder with the four usual files, CIFAR10 one with the official binary batches or its .tar.gz;
# SEEDS and PRESETS are lists in quotes. About 80 minutes a seed on 2 cores for all presets. `python3 results/tables.py DIR` prints the table.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
mnist=${2:-../shared/data/mnist}
cifar10=${3:-../shared/data/cifar10/cifar-10-batches-bin}
seeds=${4:-0 1 2}
presets=${5:-$(echo {mnist,cifar10}-{dm,dc,bptt,frepo,dsa,mtt}-small)}
cargo build --release --locked -p retort-cpu
mkdir -p "$out"
{
    echo "seeds: $seeds"
    echo "presets: $presets"
    python3 results/machine.py target/release/retort-cpu
    echo
} >> "$out/pictures-machine.txt"
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

for seed in $seeds; do
    for preset in $presets; do
        case $preset in
            mnist-*) path=$mnist ;;
            cifar10-*) path=$cifar10 ;;
        esac
        extra=()
        if [[ $preset = *-mtt-small ]]; then
            extra=(--set objective.experts.path="$runs/experts/$preset")
        fi
        target/release/retort-cpu distill "$preset" --set task.path="$path" "${extra[@]}" --seed "$seed" --out "$runs/$preset-$seed"
        cp "$runs/$preset-$seed/summary.json" "$out/$preset-seed-$seed.json"
    done
done
