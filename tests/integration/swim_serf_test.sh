#!/usr/bin/env bash
# swim_serf_test: three serf agents and three of our nodes in one encrypted cluster: all see the same.
# SPDX-License-Identifier: Apache-2.0
#
#   tests/integration/swim_serf_test.sh --mw build/dev/bin/mw
#
# Exit code 77: serf, curl or jq is not installed. Everything listens on addresses of 127/8 that are drawn
# for this run, so that several runs do not meet.
set -euo pipefail

mw=build/dev/bin/mw
while [ $# -gt 0 ]; do
  case $1 in
    --mw) mw=$2; shift 2 ;;
    *) echo "usage: $0 [--mw PATH]" >&2; exit 2 ;;
  esac
done
for tool in serf curl jq; do command -v "$tool" >/dev/null || { echo "$tool is not installed"; exit 77; }; done

scratch=$(mktemp -d)
net=127.$((RANDOM % 200 + 20)).$((RANDOM % 250 + 1))
declare -A running=()
cleanup() {
  local name
  for name in "${!running[@]}"; do kill -9 "${running[$name]}" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$scratch"
}
trap cleanup EXIT

fail() {
  echo "FAILED: $*" >&2
  for name in s1 o1; do
    [ -n "${running[$name]:-}" ] && { echo "$name sees:" >&2; seen_by "$name" >&2 || true; }
  done
  tail -n 5 "$scratch"/*.log >&2
  exit 1
}

key=$(serf keygen)

# s1..s3 are serf's, o1..o3 ours; each has an address of its own.
start_serf() {
  serf agent -node="s$1" -bind="$net.$1:7946" -rpc-addr="$net.$1:7373" -encrypt="$key" \
    -tag side=serf -tag number="$1" -retry-join="$net.1:7946" -retry-interval=1s >"$scratch/s$1.log" 2>&1 &
  running[s$1]=$!
}
start_ours() {
  cat >"$scratch/o$1.yaml" <<YAML
node: { id: o$1, cluster: mixed, data_dir: "$scratch/o$1" }
plugins:
  swim:
    use: discovery.swim
    wire: serf
    bind: "$net.1$1:7946"
    seeds: ["$net.1:7946"]
    keyring: ["\${GOSSIP_KEY}"]
    tags: { side: ours, number: "$1" }
  http: { use: http, listen: "$net.1$1:7480", auth: off }
  metrics: { use: metrics }
YAML
  GOSSIP_KEY=$key "$mw" run "$scratch/o$1.yaml" >"$scratch/o$1.log" 2>&1 &
  running[o$1]=$!
}

# The list of members of one node: "name state side" a line, sorted. A suspect is alive for serf.
seen_by() {
  local number=${1#?}
  case $1 in
    s*) serf members -rpc-addr="$net.$number:7373" -format=json |
      jq -r '.members[] | "\(.name) \(.status) \(.tags.side)"' | sort ;;
    o*) curl --silent --fail "http://$net.1$number:7480/members" |
      jq -r '.[] | "\(.name) \(.state | sub("suspect"; "alive")) \(.tags.side)"' | sort ;;
  esac
}

# Asks until everybody that runs sees exactly this, or the tries are used up.
everybody_sees() {
  local wanted name try
  wanted=$(printf '%s\n' "$@" | sort)
  for try in $(seq 1 300); do
    for name in "${!running[@]}"; do
      [ "$(seen_by "$name" 2>/dev/null)" = "$wanted" ] || { sleep 0.1; continue 2; }
    done
    echo "ok: all of ${!running[*]} see: $*" && return 0
  done
  fail "after $try looks not everybody saw: $*"
}

ours() { curl --silent --request POST --header 'X-Meshwright: 1' --header 'Content-Type: application/json' --data '{}' "http://$net.1$1:7480$2"; }
metric() { curl --silent "http://$net.1$1:7480/metrics" | sed -n "s/^$2 //p"; }
until_true() {
  local what=$1 try
  shift
  for try in $(seq 1 200); do "$@" && { echo "ok: $what"; return 0; }; sleep 0.1; done
  fail "$what: not so after $try looks"
}
encoded() { jq -rn --arg text "$1" '$text | @uri'; }

for i in 1 2 3; do start_serf "$i"; done
until_true "serf answers" serf members -rpc-addr="$net.1:7373" >/dev/null
for i in 1 2 3; do start_ours "$i"; done
everybody_sees "s1 alive serf" "s2 alive serf" "s3 alive serf" "o1 alive ours" "o2 alive ours" "o3 alive ours"

serf monitor -rpc-addr="$net.2:7373" >"$scratch/monitor.log" 2>&1 &
running_monitor=$!
serf event -rpc-addr="$net.3:7373" from-serf payload >/dev/null
heard() { [ "$(metric 1 mw_swim_events_total)" -ge 1 ] && [ "$(metric 3 mw_swim_events_total)" -ge 1 ]; }
until_true "our nodes heard serf's event" heard
# The monitor may have begun after the first try: said until it is heard.
said() { ours 2 "/swim/event?name=from-ours&payload=hello" >/dev/null; grep -q from-ours "$scratch/monitor.log"; }
until_true "serf heard our event" said
kill "$running_monitor"

acks=$(ours 1 "/swim/query?name=anybody&timeout=2s" | jq '.acks | length')
[ "$acks" = 6 ] || fail "our query was acknowledged by $acks of 6"
answers=$(serf query -rpc-addr="$net.1:7373" -timeout=2s who? | grep -c "^Response from 'o" || true)
[ "$answers" = 3 ] || fail "serf's query was answered by $answers of our 3"
only=$(ours 1 "/swim/query?name=anybody&tag=side%3D%5Eserf%24&timeout=2s" | jq '.acks | length')
[ "$only" = 3 ] || fail "our query for serf's nodes was acknowledged by $only of 3"
echo "ok: queries both ways, with filters"

new=$(serf keygen)
for action in install use; do
  ours 2 "/swim/keys?action=$action&key=$(encoded "$new")" | jq -e '.complete' >/dev/null || fail "keys $action"
done
ours 2 "/swim/keys?action=remove&key=$(encoded "$key")" | jq -e '.complete' >/dev/null || fail "keys remove"
# Serf asks once and counts who answers in time: on a busy machine it is asked again.
everywhere=no
for _ in 1 2 3; do
  serf keys -rpc-addr="$net.1:7373" -list | grep -q "$new.*6/6" && everywhere=yes && break
done
[ "$everywhere" = yes ] || fail "serf does not list the new key everywhere"
another=$(serf keygen)
for action in install use; do serf keys -rpc-addr="$net.1:7373" "-$action" "$another" >/dev/null || fail "serf keys $action"; done
serf keys -rpc-addr="$net.1:7373" -remove "$new" >/dev/null || fail "serf keys remove"
ours 3 "/swim/keys?action=list" | jq -e --arg key "$another" '.keys[$key] == 6 and (.keys | length) == 1' >/dev/null ||
  fail "our nodes do not list serf's key alone"
echo "ok: keys rotated from either side"
everybody_sees "s1 alive serf" "s2 alive serf" "s3 alive serf" "o1 alive ours" "o2 alive ours" "o3 alive ours"

kill -TERM "${running[o3]}"; unset 'running[o3]'
serf leave -rpc-addr="$net.3:7373" >/dev/null; unset 'running[s3]'
everybody_sees "s1 alive serf" "s2 alive serf" "s3 left serf" "o1 alive ours" "o2 alive ours" "o3 left ours"
kill -9 "${running[o2]}" "${running[s2]}"; unset 'running[o2]' 'running[s2]'
everybody_sees "s1 alive serf" "s2 failed serf" "s3 left serf" "o1 alive ours" "o2 failed ours" "o3 left ours"

dropped=$(curl --silent "http://$net.11:7480/metrics" | sed -n 's/^mw_swim_dropped_total{reason="malformed"} //p')
[ "$dropped" = 0 ] || fail "$dropped packets of serf were not understood"
echo "ok: no packet was malformed"
