#!/usr/bin/env bash
# Commits a stand-in for the public base image under its public name, where no image registry can be reached: Debian
# from its mirror, Node.js from the package `node` of this project. Does nothing where the image is.
# Usage: base-image.sh NAME, such as docker.io/library/node:26.10.0-bookworm-slim
set -euo pipefail
name=$1
node=$(readlink -f "$(dirname "$0")/../../node_modules/node/bin/node")

podman image exists "$name" && exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mmdebstrap --quiet --variant=minbase --include=ca-certificates,libatomic1,libstdc++6 bookworm "$work/root.tar"
mkdir -p "$work/more/usr/local/bin"
cp "$node" "$work/more/usr/local/bin/node"
tar --append --file "$work/root.tar" --directory "$work/more" --owner=0 --group=0 ./usr/local/bin/node
podman import --quiet \
  --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
  --change 'CMD ["node"]' "$work/root.tar" "$name" >/dev/null
echo "made $name"
