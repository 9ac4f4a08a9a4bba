#!/usr/bin/env bash
# hardening_test: whether mw and every plug-in were built as hard to exploit as the toolchain can.
# SPDX-License-Identifier: Apache-2.0
#
#   hardening_test.sh MW PLUGIN_FOLDER BUILD_TYPE
set -euo pipefail
export LC_ALL=C
shopt -s nullglob
mw=$1
folder=$2
build_type=$3

failures=0
complain() {
  echo "$1: $2" >&2
  failures=$((failures + 1))
}

check() {
  local file=$1 header segments dynamic symbols marks imports
  header=$(readelf -hW "$file")
  segments=$(readelf -lW "$file")
  dynamic=$(readelf -dW "$file")
  symbols=$(readelf --dyn-syms -W "$file")
  grep -q 'Type: *DYN' <<<"$header" || complain "$file" "is loaded at a fixed address: needs -fPIE -pie"
  grep -q GNU_RELRO <<<"$segments" || complain "$file" "its tables stay writable: needs -Wl,-z,relro"
  grep -Eq 'BIND_NOW|FLAGS_1.*NOW' <<<"$dynamic" || complain "$file" "resolves symbols late: needs -Wl,-z,now"
  grep -Eq 'GNU_STACK.* RWE? ' <<<"$segments" || complain "$file" "says nothing about its stack: needs -Wl,-z,noexecstack"
  ! grep -Eq 'GNU_STACK.* RWE ' <<<"$segments" || complain "$file" "its stack is executable: needs -Wl,-z,noexecstack"
  ! grep -Eq '^ *LOAD.* RWE ' <<<"$segments" || complain "$file" "has memory that is writable and executable"
  ! grep -q TEXTREL <<<"$dynamic" || complain "$file" "its code is written to while it is loaded: needs -fPIC"
  grep -q __stack_chk_fail <<<"$symbols" || complain "$file" "has no stack protector: needs -fstack-protector-strong"
  if [[ $(uname -m) == x86_64 ]]; then
    # ENDBR64, at the entry of whatever may be jumped to; the linker alone brings one an import.
    marks=$(grep -oaP '\xf3\x0f\x1e\xfa' "$file" | wc -l || true)
    imports=$(grep -c ' UND ' <<<"$symbols" || true)
    [[ $marks -gt $((imports + 20)) ]] ||
      complain "$file" "has $marks landing marks for jumps and $imports imports: needs -fcf-protection"
  fi
}

[[ -x $mw ]] || { echo "$mw is no program" >&2; exit 1; }
check "$mw"
count=0
for library in "$folder"/*.so; do
  check "$library"
  count=$((count + 1))
done
[[ $count -gt 0 ]] || complain "$folder" "holds no plug-ins"

# Only where a call with a known buffer is left after optimisation; mw has many.
if [[ $build_type == Release ]]; then
  readelf --dyn-syms -W "$mw" | grep -Eq '__(memcpy|memmove|snprintf|vsnprintf|read|fprintf|vfprintf|recv|poll)_chk' ||
    complain "$mw" "calls no checked function: needs -D_FORTIFY_SOURCE=3"
fi
# A second opinion where Debian's devscripts are installed.
if [[ $build_type == Release ]] && command -v hardening-check >/dev/null; then
  hardening-check --quiet "$mw" || complain "$mw" "hardening-check is not content"
fi

echo "$((count + 1)) files looked at, $failures complaints"
[[ $failures -eq 0 ]]
