#!/usr/bin/env bash
# install_test: installs the built tree and builds an out-of-tree plug-in against what was installed.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail

build=${1:?usage: install_test.sh BUILD_FOLDER SOURCE_ROOT}
source=${2:?usage: install_test.sh BUILD_FOLDER SOURCE_ROOT}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix

fail() {
  echo "install_test: $*" >&2
  exit 1
}

cmake --install "$build" --prefix "$prefix" >"$scratch/install.log" || { cat "$scratch/install.log"; fail "cmake --install"; }

# Only the headers of the SDK leave this tree, and all of them do.
{ (cd "$source/sdk/include" && find . -name '*.h'); (cd "$source/sdk/testing/include" && find . -name '*.h'); } |
  sort >"$scratch/ours"
(cd "$prefix/include" && find . -name '*.h' | sort) >"$scratch/installed"
extra=$(comm -13 "$scratch/ours" "$scratch/installed")
[ -z "$extra" ] || fail "installed headers that are not of the SDK: $extra"
missing=$(comm -23 "$scratch/ours" "$scratch/installed")
[ -z "$missing" ] || fail "SDK headers that are not installed: $missing"

# The example is copied, so that nothing beside it can help.
cp -r "$source/examples/10_out_of_tree" "$scratch/example"
cmake -S "$scratch/example" -B "$scratch/example-build" -G Ninja -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_PREFIX_PATH="$prefix" >"$scratch/configure.log" 2>&1 ||
  { cat "$scratch/configure.log"; fail "find_package(meshwright) or the example's CMakeLists.txt"; }
cmake --build "$scratch/example-build" >"$scratch/build.log" 2>&1 ||
  { cat "$scratch/build.log"; fail "the example does not build against the installed SDK"; }
ctest --test-dir "$scratch/example-build" --output-on-failure --no-tests=error --timeout 60

# The installed program finds its own plug-ins and the new one.
plugin_folder=$(dirname "$(find "$scratch/example-build" -name '*.so' -print -quit)")
for file in "$scratch"/example/*.yaml; do
  "$prefix/bin/mw" check --plugin-path "$plugin_folder" "$file" || fail "mw check ${file##*/}"
done
echo "install_test: ok"
