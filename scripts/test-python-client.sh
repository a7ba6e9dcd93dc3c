#!/bin/sh
# Types and tests of the Python client, in an environment of its own, against real servers of this checkout.
set -eu
cd "$(dirname "$0")/../clients/python"
python3 -m venv ../../.venv/client
../../.venv/client/bin/pip install --quiet --disable-pip-version-check -e ".[test]" pandas-stubs
../../.venv/client/bin/mypy
../../.venv/client/bin/pytest --quiet -p no:cacheprovider
