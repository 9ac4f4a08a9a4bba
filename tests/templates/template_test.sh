#!/usr/bin/env bash
# template_test: makes a plug-in of one kind as `mw new` does, builds it against the installed SDK, tests it.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

kind=${1:?usage: template_test.sh KIND PREFIX SOURCE_ROOT SCRATCH}
prefix=${2:?usage: template_test.sh KIND PREFIX SOURCE_ROOT SCRATCH}
source=${3:?usage: template_test.sh KIND PREFIX SOURCE_ROOT SCRATCH}
scratch=${4:?usage: template_test.sh KIND PREFIX SOURCE_ROOT SCRATCH}
name=sample.$kind # types of the shipped plug-ins have a dot, file and class names follow from them
class=sample_$kind
copy=$scratch/$name
rm -rf "$scratch"
mkdir -p "$scratch"

fail() {
  echo "template_test: $*" >&2
  exit 1
}

# What `mw new` does, for trees that are built without the program.
copy_by_hand() {
  local file target
  mkdir -p "$copy"
  for file in "$prefix/share/meshwright/template/$kind"/*; do
    target=${file##*/}
    target=${target//@name@/$name}
    sed -e "s/@name@/$name/g" -e "s/@class@/$class/g" "$file" >"$copy/${target//@class@/$class}"
  done
}

diff -r "$source/sdk/template/$kind" "$prefix/share/meshwright/template/$kind" || fail "the installed template differs"
if [ -x "$prefix/bin/mw" ] && "$prefix/bin/mw" new --help >/dev/null 2>&1; then
  "$prefix/bin/mw" new "$kind" "$name" "$copy" || fail "mw new $kind"
else
  copy_by_hand
fi
! grep -rnE '@(name|class)@' "$copy" || fail "a placeholder is left"
! find "$copy" -name '*@*' | grep . || fail "a placeholder is left in a file name"

log=$scratch/build.log
cmake -S "$copy" -B "$scratch/build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_CXX_FLAGS="-O0 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual -Wno-missing-field-initializers -Werror" \
  >"$log" 2>&1 || { cat "$log"; fail "the template does not configure"; }
cmake --build "$scratch/build" >"$log" 2>&1 || { cat "$log"; fail "the template does not build"; }
ctest --test-dir "$scratch/build" --output-on-failure --no-tests=error --timeout 60

if [ -x "$prefix/bin/mw" ]; then
  "$prefix/bin/mw" check --plugin-path "$scratch/build/plugins" "$copy/example.yaml" || fail "mw check example.yaml"
fi
echo "template_test: $kind ok"
