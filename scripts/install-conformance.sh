#!/bin/sh
# Makes .venv with the stock Python client of the Open Inference Protocol. Needs Python >= 3.10 with venv. Idempotent.
set -eu
cd "$(dirname "$0")/.."
wanted=test/conformance/open-inference/requirements.txt
if cmp -s "$wanted" .venv/installed.txt; then exit 0; fi
python3 -m venv --clear .venv
.venv/bin/pip install --quiet --disable-pip-version-check -r "$wanted"
cp "$wanted" .venv/installed.txt
echo "setup: installed $(grep -c == "$wanted") Python packages into .venv"
