#!/usr/bin/env bash
# golden_test: the transcript runner accepts what is the same, and finds and rewrites what differs.
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
runner=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/golden.sh
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 3

cat >mw <<'SCRIPT'
#!/bin/sh
# A stand-in for mw with known output.
case $1 in
  hello) printf '# hello on 127.0.0.1:45678 \n\nbye\n' ;;
  fail) echo "no" >&2; exit 3 ;;
esac
SCRIPT
chmod +x mw

expect() {
  local what=$1 wanted=$2
  shift 2
  "$@" >"$scratch/log" 2>&1
  local code=$?
  [ "$code" = "$wanted" ] && return
  echo "$what: exit code $code instead of $wanted"
  cat "$scratch/log"
  exit 1
}

# shellcheck disable=SC2016
printf '#: words\n$ mw hello\n# hello on 127.0.0.1:PORT\n\nbye\n\n#: failure\n$ mw fail\nno\n[exit 3]\n' >good.txt
sed 's/hello on/goodbye on/' good.txt >bad.txt
# shellcheck disable=SC2016
printf '$ mw fail\nno\n' >code.txt
printf '#: nothing to run\n' >empty.txt

expect "the same output" 0 "$runner" --mw mw good.txt
expect "other output" 1 "$runner" --mw mw bad.txt
expect "an exit code that is not written" 1 "$runner" --mw mw code.txt
expect "a transcript without commands" 1 "$runner" --mw mw empty.txt
expect "no binary" 2 "$runner" good.txt
expect "rewriting" 0 "$runner" --mw mw --rewrite bad.txt
expect "the rewritten file is the good one" 0 cmp good.txt bad.txt
