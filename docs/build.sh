#!/usr/bin/env bash
# Builds the guide into target/guide; whatever is broken is an error. With an artefact, runs the guide's Python
# on it. Tools are installed into target/guide-tools.
#
#   bash docs/build.sh [SYNTHETIC.safetensors]
set -euo pipefail
artefact=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
tools=target/guide-tools

mkdir -p target
if ! python3 -c 'import ensurepip' 2>/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq -o Acquire::Retries=3 python3 python3-venv >/dev/null
fi
if ! { python3 -m venv "$tools" && "$tools/bin/pip" install --quiet --disable-pip-version-check --retries 5 -r docs/requirements.txt; }; then
    echo "Python's packages of docs/requirements.txt could not be installed: the guide's links are not checked" >&2
    exit 1
fi
# Not with --quiet, which hides warnings from the strict mode too.
"$tools/bin/mkdocs" build --strict
if [ -n "$artefact" ]; then
    "$tools/bin/python" docs/hooks/run_example.py "$artefact"
fi
