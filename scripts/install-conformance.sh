#!/bin/sh
# Makes .venv with the stock Python clients of the conformance suites. Needs Python >= 3.10 with venv. Idempotent.
set -eu
cd "$(dirname "$0")/.."
mkdir -p .venv
cat test/conformance/*/requirements.txt > .venv/wanted.txt
if cmp -s .venv/wanted.txt .venv/installed.txt; then exit 0; fi
python3 -m venv --clear .venv
cat test/conformance/*/requirements.txt > .venv/wanted.txt
.venv/bin/pip install --quiet --disable-pip-version-check -r .venv/wanted.txt
cp .venv/wanted.txt .venv/installed.txt
echo "setup: installed $(grep -c == .venv/wanted.txt) Python packages into .venv"
