#!/usr/bin/env bash
# mdns_avahi_test: avahi and our nodes on one network: each sees what the other announces, and hears goodbyes.
# SPDX-License-Identifier: Apache-2.0
#
#   tests/integration/mdns_avahi_test.sh --mw build/dev/bin/mw
#
# Exit code 77: avahi or a tool is not installed, or network namespaces are not permitted. Everything runs in
# namespaces of its own: two hosts with a cable between them, and a D-Bus that nobody else sees.
set -euo pipefail

mw=build/dev/bin/mw
while [ $# -gt 0 ]; do
  case $1 in
    --mw) mw=$2; shift 2 ;;
    --inside) inside=1; shift ;;
    *) echo "usage: $0 [--mw PATH]" >&2; exit 2 ;;
  esac
done
mw=$(realpath "$mw")

if [ -z "${inside:-}" ]; then
  for tool in avahi-daemon avahi-browse avahi-publish dbus-daemon ip unshare curl jq; do
    PATH=$PATH:/usr/sbin command -v "$tool" >/dev/null || { echo "skipped: $tool is not installed"; exit 77; }
  done
  unshare --net --mount --fork true 2>/dev/null || { echo "skipped: network namespaces are not permitted"; exit 77; }
  exec unshare --net --mount --pid --fork --kill-child "$0" --inside --mw "$mw"
fi

PATH=$PATH:/usr/sbin
mount -t tmpfs none /run   # no socket, lock or D-Bus of the machine
mount -t proc none /proc
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() { echo "FAILED: $*" >&2; tail -n 12 "$scratch"/*.log >&2; exit 1; }

# The namespace we are in is the host with avahi, "near"; another one is "far".
mkdir -p /run/netns /run/dbus /run/avahi-daemon
ip netns add far 2>/dev/null || { echo "skipped: ip netns add is not permitted"; exit 77; }
ip link set lo up
ip link add near type veth peer name far netns far
ip addr add 10.55.0.1/24 dev near
ip link set near up
ip netns exec far ip link set lo up
ip netns exec far ip addr add 10.55.0.2/24 dev far
ip netns exec far ip link set far up

start_avahi() {
  cat >"$scratch/avahi.conf" <<CONF
[server]
host-name=near
use-ipv4=yes
use-ipv6=no
allow-interfaces=near
ratelimit-interval-usec=1000000
ratelimit-burst=1000
[publish]
publish-hinfo=no
publish-workstation=no
CONF
  avahi-daemon --no-drop-root --no-chroot --no-rlimits --file="$scratch/avahi.conf" >"$scratch/avahi.log" 2>&1 &
  avahi=$!
  until_true "avahi answers" avahi-browse --all --terminate
}
# Our node $1 at address $2, in the namespace that the rest of the command line enters.
start_ours() {
  local id=$1 at=$2 cluster=$3
  shift 3
  cat >"$scratch/$id.yaml" <<YAML
node: { id: $id, cluster: $cluster, zone: z, data_dir: "$scratch/$id" }
plugins:
  mdns: { use: discovery.mdns, interfaces: ["$at/24"], address: "$at:7400" }
  http: { use: http, listen: "127.0.0.1:7480", auth: off }
  metrics: { use: metrics }
YAML
  "$@" "$mw" run "$scratch/$id.yaml" >"$scratch/$id.log" 2>&1 &
  ours=$!
}
until_true() {
  local what=$1 try
  shift
  for try in $(seq 1 200); do "$@" >/dev/null 2>&1 && { echo "ok: $what"; return 0; }; sleep 0.1; done
  fail "$what: not so after $try looks"
}
avahi_sees() { avahi-browse --resolve --terminate --parsable _meshwright._tcp | grep -E "$1" | grep -q '^='; }
avahi_sees_not() { ! avahi-browse --terminate --parsable _meshwright._tcp | grep -qE "$1"; }
we_see() { "${@:2}" curl --silent --fail http://127.0.0.1:7480/discovery/mdns | jq -e "$1"; }
far=(ip netns exec far)

cat >"$scratch/dbus.conf" <<'CONF'
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>
CONF
dbus-daemon --config-file="$scratch/dbus.conf" --nofork --nopidfile >"$scratch/dbus.log" 2>&1 &
until_true "D-Bus is there" test -S /run/dbus/system_bus_socket

# 1. A node on the other host: both ways, with facts.
start_avahi
start_ours n1 10.55.0.2 demo "${far[@]}"
n1=$ours
until_true "avahi resolves our node with address, port and texts" \
  avahi_sees 'n1.*;10\.55\.0\.2;7400;.*"zone=z"'
avahi-browse --resolve --terminate --parsable _meshwright._tcp | grep -q '"id=n1"' || fail "no id in the texts"
avahi-browse --terminate --parsable _demo._sub._meshwright._tcp | grep -q n1 || fail "the cluster's subtype is not announced"
avahi-publish --service theirs _meshwright._tcp 7555 id=theirs cluster=demo >"$scratch/publish.log" 2>&1 &
theirs=$!
avahi-publish --service stranger _meshwright._tcp 7556 cluster=other >"$scratch/publish2.log" 2>&1 &
until_true "we list what avahi publishes" \
  we_see '.[] | select(.id == "theirs" and .address == "10.55.0.1:7555")' "${far[@]}"
we_see 'length == 1' "${far[@]}" >/dev/null || fail "a service of another cluster is listed"
kill "$theirs"
until_true "avahi's goodbye is heard" we_see 'length == 0' "${far[@]}"

# 2. A node beside avahi, on the same host and port, after avahi was there.
start_ours n2 10.55.0.1 demo
n2=$ours
until_true "avahi sees the node beside it" avahi_sees 'n2.*;10\.55\.0\.1;7400;'
until_true "the node beside avahi sees the other one" we_see '.[] | select(.id == "n1")'
until_true "and the other one sees it" we_see '.[] | select(.id == "n2")' "${far[@]}"

# 3. Goodbye.
kill -TERM "$n1"
wait "$n1" || fail "the node did not stop in good order"
until_true "avahi heard the goodbye" avahi_sees_not n1
until_true "our other node heard it, too" we_see '[.[] | select(.id == "n1")] | length == 0'

# 4. avahi comes back beside a node that is there already, and a name that avahi has is not taken.
kill "$avahi"
wait "$avahi" || true
start_avahi
until_true "avahi, started after us, sees our node" avahi_sees 'n2.*;10\.55\.0\.1;7400;'
avahi-publish --service 'n3@demo' _meshwright._tcp 7557 id=first cluster=demo >"$scratch/publish3.log" 2>&1 &
until_true "avahi has the name n3@demo" we_see '.[] | select(.id == "first")'
start_ours n3 10.55.0.2 demo "${far[@]}"
until_true "our node takes another name" avahi_sees 'n3.*032\\0402\\041.*;10\.55\.0\.2;7400;'
until_true "and both are listed" we_see '[.[] | select(.id == "first" or .id == "n3")] | length == 2'

malformed=$(curl --silent http://127.0.0.1:7480/metrics | sed -n 's/^mw_discovery_mdns_malformed_total{\{0,1\}.* //p' | head -1)
[ "${malformed:-0}" = 0 ] || fail "$malformed packets of avahi were not understood"
echo "ok: no packet was malformed"
