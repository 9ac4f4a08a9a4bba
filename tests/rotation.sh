#!/usr/bin/env bash
# rotation: rotates certificates and the authority of three nodes again and again while they are called.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

usage() {
  cat <<'TEXT'
usage: tests/rotation.sh [--rounds N] [--build DIR] [--help]

Starts three nodes from examples/06_mtls/node.yaml and calls them without a pause. Each round gives all of
them new certificates; every tenth round brings a new authority as well: trusted beside the old one, used,
alone. Ends with the counts of the calls: a single one that failed fails the test.

--rounds N   rounds of three rotations each; 67 (201 rotations, 6 new authorities) by default
--build DIR  a build tree with `mw` and its plug-ins; build/dev by default
Exit code: 0 no call failed, 1 otherwise.
TEXT
}

rounds=67
build=build/dev
while [ $# -gt 0 ]; do
  case $1 in
    --rounds) rounds=$2; shift 2 ;;
    --build) build=$2; shift 2 ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
mw=$build/bin/mw
[ -x "$mw" ] || { echo "rotation: $mw is not there: build it first" >&2; exit 2; }

scratch=$(mktemp -d)
pids=()
stop() {
  trap - EXIT INT TERM
  for pid in "${pids[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
  for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
  rm -rf "$scratch"
}
trap stop EXIT
trap 'stop; exit 130' INT TERM

fail() {
  echo "rotation: $*" >&2
  tail -n 5 "$scratch"/*.log >&2 || true
  exit 1
}

free_port() {
  local port
  for port in $(seq "$1" "$(($1 + 99))"); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  return 1
}

export CERTS=$scratch/certs XDG_RUNTIME_DIR=$scratch
data=()
gossip=()
admin=()
from=27401
for i in 1 2 3; do
  data+=("$(free_port "$from")")
  gossip+=("$(free_port $((data[-1] + 1)))")
  admin+=("$(free_port $((gossip[-1] + 1)))")
  from=$((admin[-1] + 1))
done
export SEED=127.0.0.1:${gossip[0]}
"$mw" certs make --dir "$CERTS" --domain demo.local --node n1 --node n2 --node n3 --node client >/dev/null
for i in 1 2 3; do
  NODE_ID=n$i NODE_PORT=${data[i - 1]} GOSSIP_PORT=${gossip[i - 1]} HTTP_PORT=${admin[i - 1]} \
    "$mw" run examples/06_mtls/node.yaml --set "node.data_dir=$scratch/n$i" >"$scratch/n$i.out" 2>"$scratch/n$i.log" &
  pids+=($!)
done

mesh=(--cluster demo --certs "$CERTS")
for port in "${data[@]}"; do mesh+=(--connect "127.0.0.1:$port"); done
"$mw" call mw.echo '["hello"]' --all "${mesh[@]}" >/dev/null || fail "the nodes do not answer"

# Until it is told to stop: the rotations decide how long that is. A run with a failed call ends with 1.
until_told() {
  while [ ! -e "$scratch/enough" ]; do
    "$mw" bench echo "${mesh[@]}" --peers 3 --in-flight 32 --for 20s --json >>"$scratch/bench.json" 2>>"$scratch/bench.log" || return 1
  done
}
until_told &
load=$!
pids+=("$load")

rotate() { "$mw" certs rotate --dir "$CERTS" "$@" >"$scratch/rotate.log" 2>&1 || fail "mw certs rotate $* failed: $(cat "$scratch/rotate.log")"; }
each_node() { for i in 1 2 3; do rotate --node "n$i" --admin "127.0.0.1:${admin[i - 1]}"; done; }
# The nodes share one folder: the step is taken once, and each finds it by itself.
all_trust() {
  local serial i tries
  serial=$("$mw" certs inspect "$1" --json | grep -oE '"serial":"[^"]*"' | head -n 1)
  [ -n "$serial" ] || fail "no serial in $1"
  for i in 1 2 3; do
    for tries in $(seq 1 100); do
      "$mw" admin /credentials/certs --admin "127.0.0.1:${admin[i - 1]}" 2>/dev/null | grep -qF "$serial" && continue 2
      sleep 0.1
    done
    fail "n$i does not trust the new authority"
  done
}
# Who calls has no admin page to be asked on. It looks at its files every 5s.
caller_looks() { sleep 7; }
for round in $(seq 1 "$rounds"); do
  if [ $((round % 10)) = 0 ]; then
    rotate --ca add --admin "127.0.0.1:${admin[0]}"
    all_trust "$CERTS/ca.next.pem"
    caller_looks
    rotate --ca use --admin "127.0.0.1:${admin[0]}"
    each_node
    "$mw" certs make --dir "$CERTS" --domain demo.local --node client --force >/dev/null
    caller_looks
    rotate --ca drop --admin "127.0.0.1:${admin[0]}"
  else
    each_node
  fi
  kill -0 "$load" 2>/dev/null || fail "the load ended early"
done

: >"$scratch/enough"
wait "$load" || fail "calls failed: $(tail -n 1 "$scratch/bench.json")"
pids=("${pids[@]:0:3}")
echo "$((rounds * 3)) rotations of leaves, $((rounds / 10)) of the authority, no failed call in $(grep -c . "$scratch/bench.json") runs under load; the last: $(tail -n 1 "$scratch/bench.json")"
