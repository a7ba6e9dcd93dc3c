#!/usr/bin/env bash
# run.sh SERVICE... -- COMMAND...: installs and starts real services, runs COMMAND with their variables,
# and stops those that it started, however the command ends. Its status is that of COMMAND.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

services=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do services+=("$1"); shift; done
shift || true
[ ${#services[@]} -gt 0 ] && [ $# -gt 0 ] || { echo "usage: ${0##*/} SERVICE... -- COMMAND..." >&2; exit 2; }

started=() command=
# What somebody else had started is left running.
stop_all() {
  if [ -n "$command" ]; then kill -TERM "$command" 2>/dev/null || true; wait "$command" 2>/dev/null || true; fi
  local s
  for s in ${started[@]+"${started[@]}"}; do "$here/$s.sh" stop || true; done
}
trap stop_all EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

for s in "${services[@]}"; do
  "$here/$s.sh" install
  if ! "$here/$s.sh" status 2>/dev/null; then started+=("$s"); fi
  variables=$("$here/$s.sh" start)
  set -a; eval "$variables"; set +a
done

# In the background, so that a signal is handled at once and not after the command.
"$@" < /dev/null &
command=$!
status=0; wait "$command" || status=$?
command=
exit "$status"
