#!/usr/bin/env bash
# Builds all that run.sh needs on a machine with a card into a folder of its own, under 60 MB: retort-gpu and its
# contract tests with WGSL kernels, SPIR-V kernels and autotuning, the PyTorch reference, MNIST, and a Vulkan loader for
# where there is none.
#   bash results/gpu_kit/build.sh KIT REFERENCE MNIST
# Needs Linux on x86-64 with binutils, Python and libvulkan1, and where nothing is compiled yet about half an hour on two cores.
set -euo pipefail
kit=$(realpath -m "$1")
reference=$(realpath "$2")
mnist=$(realpath "$3")
cd "$(dirname "$0")/../.."
most=60000000
if [ -e "$kit" ] && [ ! -e "$kit/kit.txt" ]; then
    echo "$kit is there and is no kit: name another folder, or remove it" >&2
    exit 2
fi
# The path of a library of this machine.
library() { ldconfig -p | awk -v name="$1" '$1 == name && /x86-64/ { print $NF; exit }'; }
loader=$(library libvulkan.so.1)
if [ -z "$loader" ]; then
    echo "no libvulkan.so.1 is here to lay into the kit: on Debian and Ubuntu apt-get install libvulkan1" >&2
    exit 2
fi
rm -rf "$kit"
mkdir -p "$kit/bin" "$kit/lib" "$kit/mnist"
# So that a build that is begun again knows the folder of one that was stopped.
echo "unfinished" > "$kit/kit.txt"

# The path of the test binary that a build makes.
executable='
import json, sys
for line in sys.stdin:
    made = json.loads(line)
    if made.get("executable") and made["target"]["kind"] == ["test"]:
        print(made["executable"])
'
target=${CARGO_TARGET_DIR:-target}
for form in wgsl spirv autotune; do
    features=()
    [ "$form" = wgsl ] || features=(--features "$form")
    # There are no examples; but where they are named, dependencies get the features that the tests need, and are
    # compiled once for both.
    cargo build --release --locked -p retort-gpu --bins --examples "${features[@]}"
    cp "$target/release/retort-gpu" "$kit/bin/retort-gpu-$form"
    # The tests' own code is the device's work to run and not worth minutes of the optimiser's.
    tests=$(cargo test --release --locked --config profile.release.package.retort-gpu.opt-level=0 -p retort-gpu --test gpu --no-run \
        "${features[@]}" --message-format json-render-diagnostics | python3 -c "$executable")
    cp "$tests" "$kit/bin/contracts-$form"
    # Of a trial that fails among several ways to an operation a program knows by this name in the backtrace.
    strip --strip-all --wildcard --keep-symbol='*tune_benchmark*' "$kit/bin/contracts-$form" "$kit/bin/retort-gpu-$form"
done
glibc=$(objdump -T "$kit"/bin/* "$loader" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
# All in one: what the forms have in common is stored once, where the window reaches from one to the next.
(cd "$kit/bin" && tar --create retort-gpu-* contracts-*) | xz --x86 --lzma2=preset=6,dict=128MiB > "$kit/programs.tar.xz"
rm -r "$kit/bin"

cp "$loader" "$kit/lib/libvulkan.so.1"
# NVIDIA's driver for X11 is its driver for Vulkan too, and is linked to these, which a machine without a screen may lack.
for name in libX11.so.6 libXext.so.6 libxcb.so.1 libXau.so.6 libXdmcp.so.6 libbsd.so.0 libmd.so.0; do
    found=$(library "$name")
    [ -z "$found" ] || cp "$found" "$kit/lib/$name"
done
cp results/gpu_kit/*.json "$kit/lib"
cp results/gpu_kit/run.sh results/gpu_kit/*.py "$kit"
cp "$reference" "$kit/torch_bench.py"
cp "$mnist"/*.gz "$kit/mnist"
chmod -R u+w "$kit"
cat > "$kit/kit.txt" <<TEXT
commit $(git describe --always --dirty)
$(rustc --version)
needs $glibc
TEXT
size=$(du --summarize --bytes "$kit" | cut -f 1)
du --bytes "$kit"/* "$kit" | sort -n
if [ "$size" -ge "$most" ]; then
    echo "the kit has $size bytes, and may have fewer than $most" >&2
    exit 1
fi
