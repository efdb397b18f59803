#!/usr/bin/env bash
# Times retort-gpu by turns with the PyTorch reference on the same card, and the large two-layer case against
# the processor. Needs a GPU with its Vulkan driver, and a Python with a torch that can use the card.
#   bash results/bench_gpu.sh results/DATE-CARD [REFERENCE] [PYTHON]
# WGSL and SPIR-V kernels are both timed: which is the faster is what decides what to build with.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
reference=${2:-../shared/reference/torch_bench.py}
python=${3:-python3}
cargo build --release --locked -p retort-cpu
cargo build --release --locked -p retort-gpu
cargo build --release --locked -p retort-gpu --features spirv --target-dir target/spirv
mkdir -p "$out"
target/release/retort-gpu devices > "$out/devices.txt"
for kernels in wgsl spirv; do
    binary=target/release/retort-gpu
    [ "$kernels" = wgsl ] || binary=target/spirv/release/retort-gpu
    for width in 128 256; do
        "$python" results/compare_torch.py "$out" --retort "$binary" --reference "$reference" \
            --device cuda --width "$width" --name "$kernels-$width"
    done
    "$binary" bench --json --case two-layer-large > "$out/large-$kernels.jsonl"
done
# Minutes a step: one timed repetition.
target/release/retort-cpu bench --json --case two-layer-large --repeat 1 > "$out/large-cpu.jsonl"
