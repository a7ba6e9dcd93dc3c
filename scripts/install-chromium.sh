#!/bin/sh
# Installs Debian's Chromium for the tests of the web page, where there is none. Needs root. Idempotent.
set -eu
if [ -x "${SIRVE_TEST_CHROMIUM:-/usr/bin/chromium}" ]; then exit 0; fi
export DEBIAN_FRONTEND=noninteractive
apt-get install --yes --no-install-recommends chromium >/dev/null 2>&1 || {
  apt-get update >/dev/null
  apt-get install --yes --no-install-recommends chromium >/dev/null
}
chromium --version --no-sandbox
