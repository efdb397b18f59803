#!/usr/bin/env bash
# Measures retort-gpu on the card of this machine and compares it with PyTorch CUDA. Needs bash, Python 3.9 or
# later and the card's driver: no compiler, no network.
#   bash run.sh [OUT]
# OUT (out/ beside this script without it) gets results.jsonl, summary.md and log.txt, written after each part,
# and what the last part distils. It takes at most 9 minutes. For a trial on a software renderer these make it
# smaller: RETORT_KIT_SECONDS (540), RETORT_KIT_TESTS (names of tests, for all of them), RETORT_KIT_CASES,
# RETORT_KIT_WIDTHS (128,256), RETORT_KIT_REPEAT (5), RETORT_KIT_LARGE (yes or no), RETORT_KIT_FORMS
# (wgsl,spirv,autotune), RETORT_KIT_SET (settings of the last part, key=value, with spaces between).
set -euo pipefail
kit=$(cd "$(dirname "$0")" && pwd)
out=${1:-$kit/out}
mkdir -p "$out"
command -v python3 >/dev/null || { echo "python3 is not here, and the measurements are written in it" >&2; exit 1; }
exec python3 "$kit/measure.py" "$kit" "$(cd "$out" && pwd)"
