#!/usr/bin/env bash
# Peak memory of CIFAR-10 with every published preset at 10 pictures a class: a few outer steps, each with a
# checkpoint of all that the method remembers, and one short evaluation. Later steps hold no more than these.
#   bash results/peak_memory.sh results/DATE-MACHINE [CIFAR10]
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
cifar10=${2:-../shared/data/cifar10/cifar-10-batches-bin}
cargo build --release --locked -p retort-cpu
mkdir -p "$out"
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT

for method in dc dsa dm bptt mtt frepo; do
    extra=()
    if [ "$method" = mtt ]; then
        # The experts' training holds no more with more of them; one of two epochs takes minutes.
        extra=(--set objective.experts.count=1 --set objective.experts.epochs=2
            --set objective.max_start_epoch=1 --set objective.experts.path="$runs/experts")
    fi
    if [ "$method" = frepo ]; then
        # How long the networks of the pool have lived changes no memory; so they are there in minutes.
        extra=(--set objective.life=10)
    fi
    target/release/retort-cpu distill "cifar10-$method" --set task.path="$cifar10" --set synthetic.per_class=10 \
        --set distill.steps=3 --set distill.checkpoint_every=1 --set evaluate.runs=1 --set evaluate.protocol=train --set evaluate.steps=20 \
        "${extra[@]}" --out "$runs/$method" >/dev/null
    python3 -c "import json, sys; print(json.dumps({'preset': 'cifar10-$method', 'per_class': 10, 'peak_memory_bytes': json.load(open(sys.argv[1]))['peak_memory_bytes']}))" \
        "$runs/$method/summary.json"
done > "$out/peak-memory.jsonl"
