#!/usr/bin/env bash
# Makes what the README says of the memory law: the sweep of the preset memory-law, its table, what was fitted, and
# the figures.
#   bash results/memory_law.sh results/DATE-MACHINE [SWEEP]
# SWEEP is the directory of the sweep, which is gone on with where one is there; about an hour on 2 cores.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1/memory-law
sweep=${2:-sweeps/memory-law}
cargo build --release --locked -p retort-cpu
mkdir -p "$out"
resume=()
if [[ -d $sweep/plans ]]; then
    resume=(--resume)
fi
SECONDS=0
failed=0
target/release/retort-cpu sweep memory-law --out "$sweep" "${resume[@]}" > "$out/law.txt.new" || failed=$?
# 1 says that some runs failed, which law.txt counts; anything else that there are no results.
if [[ $failed -gt 1 ]]; then
    rm "$out/law.txt.new"
    exit "$failed"
fi
mv "$out/law.txt.new" "$out/law.txt"
{
    python3 results/machine.py target/release/retort-cpu
    echo "seconds: $SECONDS${resume:+ (of the last part of a sweep that was stopped)}"
} > "$out/machine.txt"
cp "$sweep/results.csv" "$sweep/summary.json" "$out"
target/release/retort-cpu report "$sweep" --format png --out "$out/figures.png"
