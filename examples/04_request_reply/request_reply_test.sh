#!/usr/bin/env bash
# request_reply_test: the store in one process, the caller in another, a socket file between them.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
mw=$1
caller=$2
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
scratch=$(mktemp -d)
store=
stop() {
  [ -z "$store" ] || kill -TERM "$store" 2>/dev/null || true
  wait || true
  rm -rf "$scratch"
}
trap stop EXIT

"$mw" run "$here/node.yaml" --print-ready --set plugins.tcp.use=transport.unix \
  --set "plugins.tcp.listen=unix:$scratch/store.sock" --set "node.data_dir=$scratch/store" \
  >"$scratch/out" 2>"$scratch/log" &
store=$!
for _ in $(seq 1 300); do
  [ -S "$scratch/store.sock" ] && break
  kill -0 "$store" || { cat "$scratch/log"; exit 1; }
  sleep 0.1
done
plugins=$(dirname "$(dirname "$mw")")/plugins
answer=$("$caller" "unix:$scratch/store.sock" "$plugins")
echo "$answer"
grep -qx '12 pears in stock' <<<"$answer"
grep -qx "kiwis: no article is called 'kiwis' (not_found)" <<<"$answer"
