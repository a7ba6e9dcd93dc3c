#!/bin/sh
# Fails where package-lock.json lacks a package that npm ci would want on some platform.
set -eu
cd "$(dirname "$0")/.."
if npm ci --dry-run --ignore-scripts 2>&1 | grep -i "missing:"; then exit 1; fi
