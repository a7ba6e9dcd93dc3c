#!/usr/bin/env bash
# Installs what the tests of images need, from Debian's packages: podman, buildah, runc, skopeo, mmdebstrap, podman-compose,
# and for networks of their own netavark with iptables and aardvark-dns.
# Does nothing where they are; needs root and Debian otherwise.
set -euo pipefail

missing=()
for tool in podman buildah runc skopeo mmdebstrap podman-compose iptables catatonit; do
  command -v "$tool" >/dev/null || missing+=("$tool")
done
for tool in netavark aardvark-dns; do
  [ -x "/usr/lib/podman/$tool" ] || missing+=("$tool")
done
if [ "${#missing[@]}" -gt 0 ]; then
  echo "installing ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# crun fails where cgroups are of both versions, and limits above those of this machine are refused.
conf="${CONTAINERS_CONF:-/etc/containers/containers.conf}"
if [ ! -e "$conf" ]; then
  mkdir -p "$(dirname "$conf")"
  cat >"$conf" <<CONF
[containers]
default_ulimits = ["nofile=4096:4096", "nproc=4096:4096"]

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"

[network]
network_backend = "netavark"
CONF
fi
