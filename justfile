# `just` alone lists the recipes. Each is a plain cargo command: nothing needs `just` itself.

# List the recipes
default:
    @just --list

# Distil the built-in multi-index task and print its scores
demo *ARGS:
    cargo run --release --locked -p retort-cpu -- distill {{ARGS}}

# Distil MNIST (a folder with the four usual files) through a small network
mnist PATH="../shared/data/mnist" *ARGS="":
    cargo run --release --locked -p retort-cpu -- distill mnist-mlp --set task.path={{PATH}} {{ARGS}}

# Run the tests
test:
    cargo test

# Everything that must hold before a change lands, as CI runs it
check:
    bash .ci/run

# Time the library's own steps, one JSON object a line
bench *ARGS:
    cargo run --release --locked -p retort-cpu -- bench {{ARGS}}

# Time all cases by turns with the PyTorch reference, into results/DATE-MACHINE (needs Python with torch)
compare-torch OUT REFERENCE="../shared/reference/torch_bench.py" *ARGS="":
    cargo build --release --locked -p retort-cpu
    python3 results/compare_torch.py {{OUT}} --reference {{REFERENCE}} {{ARGS}}

# Time and peak memory as points, unroll length and real batch grow, into results/DATE-MACHINE (needs Python)
bench-growth OUT *ARGS="":
    cargo build --release --locked -p retort-cpu
    python3 results/growth.py target/release/retort-cpu {{OUT}} {{ARGS}}

# Time the GPU binary by turns with PyTorch on the same card, into results/DATE-CARD (needs Python with torch for the card)
bench-gpu OUT REFERENCE="../shared/reference/torch_bench.py" PYTHON="python3":
    bash results/bench_gpu.sh {{OUT}} {{REFERENCE}} {{PYTHON}}

# Write the tables of README and guide from the raw files in results/ (--check only says what differs)
tables *ARGS:
    python3 results/write_tables.py {{ARGS}}

# Lay what measures a card where there is no compiler into an ignored folder: binaries, tests, MNIST, reference, one script
gpu-kit REFERENCE="../shared/reference/torch_bench.py" MNIST="../shared/data/mnist":
    bash results/gpu_kit/build.sh gpu-kit {{REFERENCE}} {{MNIST}}

# Score the reduced presets of every method on pictures, into results/DATE-MACHINE (80 minutes a seed)
measure-pictures OUT *ARGS="":
    bash results/pictures.sh {{OUT}} {{ARGS}}

# Distil the real tables with nothing set and have scikit-learn judge the sets, into results/DATE-MACHINE/real-tables (3 minutes)
measure-tables OUT JUDGE="../shared/reference/judge_tables.py" DATA="../shared/data" *ARGS="":
    cargo build --release --locked -p retort-cpu
    python3 results/real_tables.py {{OUT}} --retort target/release/retort-cpu --judge {{JUDGE}} --data {{DATA}} {{ARGS}}

# What each part of the choice for tables brings: the tables again without it, into OUT (Python as for measure-tables)
measure-table-parts OUT JUDGE="../shared/reference/judge_tables.py" DATA="../shared/data" *ARGS="":
    cargo build --release --locked -p retort-cpu
    python3 results/table_parts.py {{OUT}} --retort target/release/retort-cpu --judge {{JUDGE}} --data {{DATA}} {{ARGS}}

# What nested sets cost: their prefixes against sets that were learned alone, into OUT
measure-nested-sets OUT JUDGE="../shared/reference/judge_tables.py" DATA="../shared/data" *ARGS="":
    cargo build --release --locked -p retort-cpu
    python3 results/nested_sets.py {{OUT}} --retort target/release/retort-cpu --judge {{JUDGE}} --data {{DATA}} {{ARGS}}

# Peak memory of CIFAR-10 with every published preset at 10 pictures a class, into results/DATE-MACHINE
measure-memory OUT *ARGS="":
    bash results/peak_memory.sh {{OUT}} {{ARGS}}

# Run the tests on a GPU or on Mesa's software renderer (compiles wgpu: minutes)
test-gpu:
    cargo test -p retort-gpu

# Show the crates' documentation
doc:
    cargo doc --no-deps --open

# Build the guide into target/guide; what is broken is an error (needs Python)
guide *ARTEFACT:
    bash docs/build.sh {{ARTEFACT}}

# Build the GPU binary (compiles wgpu: minutes)
gpu *ARGS:
    cargo run --release --locked -p retort-gpu -- {{ARGS}}
