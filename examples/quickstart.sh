#!/usr/bin/env bash
# quickstart: from a bare machine to three nodes that call each other over mTLS: installs, builds, shows.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
# shellcheck source=tests/setup.sh
source tests/setup.sh

usage() {
  cat <<'TEXT'
usage: examples/quickstart.sh [--once] [--help]

Builds Meshwright, makes certificates, and starts three nodes on loopback from examples/06_mtls/node.yaml:
they find each other by gossip and speak mTLS. Calls a service that all of them offer, shows how the calls were spread,
and rotates a certificate meanwhile. Ctrl-C stops them. Their data goes to a temporary folder.
--once  stop by itself after the tour, with exit code 0

Ports 7401 to 7403, 7441 to 7443 and 7481 to 7483 are used when they are free, others near them otherwise.
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
nodes=()
# The nodes get the same signal that Ctrl-C sends, and their own time to drain.
stop() {
  trap - EXIT INT TERM
  local node
  for node in "${nodes[@]}"; do kill -TERM "$node" 2>/dev/null || true; done
  for node in "${nodes[@]}"; do wait "$node" || true; done
  rm -rf "$scratch"
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

fail() {
  echo "quickstart: $*" >&2
  local log
  for log in "$scratch"/n?.log; do
    [ -f "$log" ] && { echo "$(basename "$log" .log) said:" >&2; tail -n 10 "$log" >&2; }
  done
  exit 1
}

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first free port from $1 on that is none of the ones before it.
free_port() {
  local port
  for port in $(seq "$1" "$(($1 + 99))"); do
    port_is_free "$port" && { echo "$port"; return; }
  done
  return 1
}

# Asks until the node answers "ready", stops running, or a minute of asking is over.
wait_until_ready() {
  local try
  for try in $(seq 1 600); do
    kill -0 "$2" 2>/dev/null || fail "a node stopped before it was ready"
    curl --silent --fail --max-time 2 --retry 0 "$1/readyz" >/dev/null && return
    sleep 0.1
  done
  fail "$1 was not ready after $try checks"
}

# Asks until the pool of node $1, with its pages at $2, knows the two others, or a minute of asking is over.
wait_until_found() {
  local try
  for try in $(seq 1 600); do
    build/dev/bin/mw admin /metrics --admin "$2" >"$scratch/metrics.txt" || true
    grep -qx 'mw_pool_peers 2' "$scratch/metrics.txt" && return
    sleep 0.1
  done
  fail "n$1 has not found the two others after $try checks"
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

data=()
gossip=()
admin=()
data_from=7401
gossip_from=7441
admin_from=7481
for i in 1 2 3; do
  data+=("$(free_port "$data_from")") || fail "no port from $data_from on is free"
  gossip+=("$(free_port "$gossip_from")") || fail "no port from $gossip_from on is free"
  admin+=("$(free_port "$admin_from")") || fail "no port from $admin_from on is free"
  data_from=$((data[-1] + 1))
  gossip_from=$((gossip[-1] + 1))
  admin_from=$((admin[-1] + 1))
done
export SEED=127.0.0.1:${gossip[0]}

export CERTS=$scratch/certs
say "an authority and pairs for three nodes and a client: mw certs make"
build/dev/bin/mw certs make --dir "$CERTS" --domain demo.local --node n1 --node n2 --node n3 --node client ||
  fail "no certificates"

say "starting three nodes: build/dev/bin/mw run examples/06_mtls/node.yaml"
for i in 1 2 3; do
  NODE_ID=n$i NODE_PORT=${data[i - 1]} GOSSIP_PORT=${gossip[i - 1]} HTTP_PORT=${admin[i - 1]} \
    build/dev/bin/mw run examples/06_mtls/node.yaml --set "node.data_dir=$scratch/n$i" \
    >"$scratch/n$i.out" 2>"$scratch/n$i.log" &
  nodes+=($!)
done
for i in 1 2 3; do
  wait_until_ready "http://127.0.0.1:${admin[i - 1]}" "${nodes[i - 1]}"
  echo "n$i is ready: data 127.0.0.1:${data[i - 1]}, admin http://127.0.0.1:${admin[i - 1]}"
done

say "they have found each other by gossip: mw members --admin 127.0.0.1:${admin[0]}"
for i in 1 2 3; do wait_until_found "$i" "127.0.0.1:${admin[i - 1]}"; done
build/dev/bin/mw members --admin "127.0.0.1:${admin[0]}" || fail "no members"

mesh=(--cluster demo --certs "$CERTS")
for port in "${data[@]}"; do mesh+=(--connect "127.0.0.1:$port"); done
say "one call to everybody: mw call mw.echo '[\"hello\"]' --all ${mesh[*]}"
build/dev/bin/mw call mw.echo '["hello"]' --all "${mesh[@]}" || fail "the call failed"

say "somebody without a certificate is refused: mw call mw.echo --connect 127.0.0.1:${data[0]}"
refused=0
build/dev/bin/mw call mw.echo '["hello"]' --cluster demo --connect "127.0.0.1:${data[0]}" --deadline 1s \
  >"$scratch/stranger.txt" 2>&1 || refused=$?
[ "$refused" = 3 ] || fail "a stranger was not refused, exit code $refused: $(cat "$scratch/stranger.txt")"
echo "it was: $(tail -n 1 "$scratch/stranger.txt" | cut -c 1-120)"

say "calls, balanced over the three, while n1 gets a new certificate: mw bench, mw certs rotate"
build/dev/bin/mw bench echo "${mesh[@]}" --peers 3 --in-flight 64 --for 3s &
bench=$!
build/dev/bin/mw certs rotate --dir "$CERTS" --node n1 --admin "127.0.0.1:${admin[0]}" || fail "no rotation"
wait "$bench" || fail "calls failed"

say "how many each has answered (mw admin /metrics --admin 127.0.0.1:${admin[0]})"
for i in 1 2 3; do
  build/dev/bin/mw admin /metrics --admin "127.0.0.1:${admin[i - 1]}" \
    >"$scratch/metrics.txt" || fail "no metrics of n$i"
  echo "n$i: $(sed -n 's/^mw_echo_echoed_total //p' "$scratch/metrics.txt")"
done

say "the plug-ins of n1 (mw status 127.0.0.1:${admin[0]})"
build/dev/bin/mw status "127.0.0.1:${admin[0]}"

if [ "$once" = yes ]; then
  for node in "${nodes[@]}"; do kill -TERM "$node"; done
  for node in "${nodes[@]}"; do wait "$node" || fail "a node stopped with exit code $?"; done
  nodes=()
  say "stopped cleanly"
  exit 0
fi
say "running; Ctrl-C stops them. Try: build/dev/bin/mw bench oneway ${mesh[*]}"
wait
