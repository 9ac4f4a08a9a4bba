#!/usr/bin/env bash
# golden: runs the `$ mw ...` lines of transcripts and compares what is printed with what is written.
# SPDX-License-Identifier: Apache-2.0
#
# A transcript is text: `#: comment` lines, `$ command` lines, and below each command its output (both
# streams) and `[exit N]` when N is not 0. Commands run in the root of the source tree. Free ports, times
# and the places of this machine are replaced by names, so that transcripts are the same everywhere.
# Commands find the build tree in $BUILD and a folder of their own in $SCRATCH.
set -uo pipefail
export LC_ALL=C NO_COLOR=1 COLUMNS=100

usage() {
  cat <<'TEXT'
usage: golden.sh --mw BINARY [--rewrite] TRANSCRIPT...

--rewrite  writes what is printed into the transcripts; read the diff before you commit it.
Example: tests/golden/golden.sh --mw build/dev/bin/mw --rewrite tests/golden/*.txt
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mw=
rewrite=no
transcripts=()
while [ $# -gt 0 ]; do
  case $1 in
    --mw) mw=$(realpath "${2:?--mw needs a path}"); shift ;;
    --rewrite) rewrite=yes ;;
    --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    */CMakeLists.txt) ;;  # so that *.txt works
    *) transcripts+=("$(realpath "$1")") ;;
  esac
  shift
done
if [ ! -x "${mw:-}" ] || [ ${#transcripts[@]} = 0 ]; then
  usage >&2
  exit 2
fi
cd "$root" || exit 3
unset NODE_ID MW_PLUGIN_PATH  # what examples and mw would read from the environment
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$mw" "$scratch/bin/mw"

# What differs between machines and runs gets a name.
normalise() {
  sed -E -e "s#$(dirname "$(dirname "$mw")")#BUILD#g" -e "s#$root/##g" -e "s#$scratch#SCRATCH#g" \
    -e 's#(127\.0\.0\.1|\[::1\]):[1-9][0-9]{4}#\1:PORT#g' \
    -e 's#[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z#TIME#g' -e 's# +$##'
}

run_command() {
  local code
  (PATH=$scratch/bin:$PATH SCRATCH=$scratch BUILD=$(dirname "$(dirname "$mw")") timeout 60 bash -c "$1" </dev/null) >"$scratch/out" 2>&1
  code=$?
  normalise <"$scratch/out"
  [ "$code" = 0 ] || echo "[exit $code]"
}

# The transcript as it would be if everything is as now printed.
replay() {
  local line in_output=no
  while IFS= read -r line; do
    case $line in
      '$ '*) echo "$line"; run_command "${line#\$ }"; in_output=yes ;;
      '#: '*) [ "$in_output" = yes ] && echo; echo "$line"; in_output=no ;;
      '') ;;
      *) [ "$in_output" = yes ] || echo "$line" ;;
    esac
  done <"$1"
}

failed=0
for transcript in "${transcripts[@]}"; do
  replay "$transcript" >"$scratch/now"
  if [ ! -s "$scratch/now" ] || ! grep -q '^\$ ' "$transcript"; then
    echo "${transcript#"$root"/}: has no command" && failed=1
  elif [ "$rewrite" = yes ]; then
    cmp -s "$scratch/now" "$transcript" || { cp "$scratch/now" "$transcript"; echo "rewrote ${transcript#"$root"/}"; }
  elif ! diff -u --label "${transcript#"$root"/}" --label printed "$transcript" "$scratch/now"; then
    echo "if the new output is right: tests/golden/golden.sh --mw ${mw#"$root"/} --rewrite ${transcript#"$root"/}"
    failed=1
  fi
done
exit $failed
