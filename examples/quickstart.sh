#!/usr/bin/env bash
# quickstart: from a bare machine to a running node: installs, builds, starts, shows an event and metrics.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=tests/setup.sh
source tests/setup.sh

usage() {
  cat <<'TEXT'
usage: examples/quickstart.sh [--once] [--help]

Builds Meshwright and starts one node on loopback from examples/01_hello_node/node.yaml; Ctrl-C stops
it. Its data goes to a temporary folder.
--once  stop by itself after the tour, with exit code 0

Port 7480 is used when it is free, the next free one above it otherwise.
TEXT
}

once=no
case ${1:-} in
  '') ;;
  --once) once=yes ;;
  --help | -h) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac

scratch=$(mktemp -d)
node=
# The node gets the same signal that Ctrl-C sends, and its own time to drain.
stop() {
  trap - EXIT INT TERM
  if [ -n "$node" ] && kill -0 "$node" 2>/dev/null; then
    kill -TERM "$node"
    wait "$node" || true
  fi
  rm -rf "$scratch"
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

fail() {
  echo "quickstart: $*" >&2
  [ -f "$scratch/node.log" ] && { echo "the node said:" >&2; tail -n 20 "$scratch/node.log" >&2; }
  exit 1
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local port
  for port in $(seq 7480 7579); do
    port_is_free "$port" && { echo "$port"; return; }
  done
  return 1
}

# Asks until the node answers "ready", stops running, or a minute of asking is over.
wait_until_ready() {
  local try
  for try in $(seq 1 600); do
    kill -0 "$node" 2>/dev/null || fail "the node stopped before it was ready"
    curl --silent --fail --max-time 2 --retry 0 "$1/readyz" >/dev/null && return
    sleep 0.1
  done
  fail "the node was not ready after $try checks"
}

# The journal is written behind the event: asks until the line is there.
wait_for_line() {
  local try
  for try in $(seq 1 100); do
    grep -s -m 1 "$1" "$2" && return
    sleep 0.1
  done
  fail "no line with $1 in $2 after $try looks"
}

install_missing "${mw_packages_build[@]}" curl ca-certificates || exit 3
install_missing "${mw_packages_extra[@]}" || true
use_ccache "$root"

say "building (the first time takes a few minutes)"
build() { cmake --preset dev && cmake --build build/dev --target mw mw_plugins; }
if ! build >"$scratch/build.log" 2>&1; then
  tail -n 40 "$scratch/build.log"
  fail "the build failed"
fi

port=$(free_port) || fail "no port from 7480 to 7579 is free"
url=http://127.0.0.1:$port
say "starting one node: build/dev/bin/mw run examples/01_hello_node/node.yaml"
build/dev/bin/mw run examples/01_hello_node/node.yaml --print-ready \
  --set "plugins.http.listen=127.0.0.1:$port" --set "node.data_dir=$scratch/data" \
  >"$scratch/node.out" 2>"$scratch/node.log" &
node=$!
wait_until_ready "$url"
echo "ready: $url"

say "the node's plug-ins (curl $url/readyz?verbose)"
curl --silent --fail "$url/readyz?verbose"

say "an event, as the plug-in events_log writes it"
wait_for_line '"node.ready' "$scratch/data/events.jsonl"

say "metrics (curl $url/metrics)"
curl --silent --fail "$url/metrics" >"$scratch/metrics.txt" || fail "no metrics"
grep -c '^mw_' "$scratch/metrics.txt" | sed 's/$/ series, among them:/'
grep --max-count=5 '^mw_' "$scratch/metrics.txt"

if [ "$once" = yes ]; then
  kill -TERM "$node"
  wait "$node" || fail "the node stopped with exit code $?"
  node=
  say "stopped cleanly"
  exit 0
fi
say "running at $url; Ctrl-C stops it"
wait "$node"
