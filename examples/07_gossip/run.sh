#!/usr/bin/env bash
# run: many members on loopback in one command, with a live table; ends one of them now and then.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

usage() {
  cat <<'TEXT'
usage: examples/07_gossip/run.sh [--members N] [--base PORT] [--once]

Starts N (32) members that find each other through the first one, and shows every second what the first
sees. Ctrl-C stops all. While it runs, try in another terminal (PORT is the one it prints):

  mw members -v --admin 127.0.0.1:PORT
  mw events --filter suspect,down,left --admin 127.0.0.1:PORT
  kill -9 one of the process ids in the table's last line

--members N  3 to 200
--base PORT  gossip from PORT on and admin pages 300 above; default 20100
--once       wait until all see all, end one with SIGKILL, wait until it is seen, stop; exit code 0
TEXT
}

members=32
base=20100
once=no
while [ $# -gt 0 ]; do
  case $1 in
    --members) members=$2; shift 2 ;;
    --base) base=$2; shift 2 ;;
    --once) once=yes; shift ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
done
if [ "$members" -lt 3 ] || [ "$members" -gt 200 ]; then usage >&2; exit 2; fi
mw=${MW:-build/dev/bin/mw}
[ -x "$mw" ] || { echo "build it first: cmake --workflow --preset dev" >&2; exit 1; }

scratch=$(mktemp -d)
nodes=()
stop() {
  trap - EXIT INT TERM
  kill -TERM "${nodes[@]}" 2>/dev/null || true
  wait "${nodes[@]}" 2>/dev/null || true
  rm -rf "$scratch"
}
trap stop EXIT
trap 'stop; exit 130' INT
trap 'stop; exit 143' TERM

admin=$((base + 300))
for i in $(seq 0 $((members - 1))); do
  NODE=$((i + 1)) SWIM_PORT=$((base + i)) SEED_PORT=$base HTTP_PORT=$((admin + i)) \
    SHELF=$(printf 'abcd' | cut -c$((i % 4 + 1))) "$mw" run examples/07_gossip/node.yaml \
    --set "node.data_dir=$scratch/$i" >"$scratch/$i.log" 2>&1 &
  nodes+=($!)
done

# How many the node at admin port $1 sees in state $2; -1: it does not answer.
seen() {
  curl --silent --max-time 2 "http://127.0.0.1:$1/metrics" |
    sed -n "s/^mw_swim_members{state=\"$2\"} //p" | grep . || echo -1
}
all_see() {
  local i
  for i in $(seq 0 $((members - 1))); do
    kill -0 "${nodes[i]}" 2>/dev/null || continue
    [ "$(seen $((admin + i)) "$1")" = "$2" ] || return 1
  done
}
wait_until() {
  local try
  for try in $(seq 1 300); do "$@" && return 0; sleep 0.2; done
  echo "not so after $try looks: $*" >&2
  return 1
}

echo "$members members; the first one's pages: http://127.0.0.1:$admin/members"
wait_until all_see alive "$members"
echo "all see all"

if [ "$once" = yes ]; then
  kill -9 "${nodes[members - 1]}"
  wait_until all_see failed 1
  echo "all see that one failed"
  exit 0
fi

while sleep 1; do
  [ -t 1 ] && printf '\033[H\033[2J'
  date +'%T  what g1 sees'
  curl --silent --max-time 2 "http://127.0.0.1:$admin/members?text=1&verbose=1" || true
  echo "process ids, g1 first: ${nodes[*]}"
done
