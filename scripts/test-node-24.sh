#!/bin/sh
# Runs the unit tests on Node 24, the older release that is supported, from the npm package of its Linux build.
set -eu
cd "$(dirname "$0")/.."
version=24.21.0
case $(uname -m) in x86_64) cpu=x64 ;; aarch64) cpu=arm64 ;; *) echo "no Node for $(uname -m)"; exit 1 ;; esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --silent --no-audit --no-fund --no-save --ignore-scripts --prefix "$folder" "node-linux-$cpu@$version"
node24=$folder/node_modules/node-linux-$cpu/bin/node
"$node24" --version
PATH=$(dirname "$node24"):$PATH "$node24" scripts/test.ts "src/**/*.test.ts"
