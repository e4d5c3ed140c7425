#!/usr/bin/env bash
# Run a command that wants the demo's data for itself, and keep others from them until it ends.
# usage: while_nothing_runs.sh COMMAND...
set -euo pipefail
data=${TUTTI_VAR_DIR:-var}
mkdir -p "$data"
exec 9>"$data/running.lock"
if ! flock --nonblock 9; then
  echo "Tutti runs already on the data in $data. Stop it first, with Ctrl-C where it was started;" >&2
  echo "or begin a second one with data of its own: TUTTI_VAR_DIR=/tmp/tutti PORT=8001 make run" >&2
  exit 1
fi
exec "$@"
