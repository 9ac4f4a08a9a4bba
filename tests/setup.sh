# setup: installs what the build needs and finds the compilers; sourced by tests/run.sh and the quickstart.
# SPDX-License-Identifier: Apache-2.0

# Without these nothing builds.
mw_packages_build=(g++ cmake ninja-build pkg-config libuv1-dev libyaml-cpp-dev prometheus-cpp-dev
  libssl-dev libxxhash-dev liblz4-dev libzstd-dev)
# The tests need these too.
mw_packages_tests=(doctest-dev libmsgpack-cxx-dev clang-19 libclang-rt-19-dev curl jq node-llhttp
  python3-jsonschema python3-yaml dnsmasq-base)
# Faster builds when they are there; nothing fails without them.
mw_packages_extra=(ccache mold)
# promtool, real serf agents and avahi, for more checks. Their packages start servers, which nobody wants on
# their own machine; without them the checks are skipped.
[ -z "${CI:-}" ] || mw_packages_extra+=(prometheus serf avahi-daemon avahi-utils dbus libgrpc++-dev)
# What tests/bench/run.sh messaging compares with. Nothing else needs or installs them.
mw_packages_bench=(libzmq3-dev libnng-dev libgrpc++-dev libprotobuf-dev protobuf-compiler-grpc
  libcapnp-dev capnproto libnats-dev nats-server)

say() { printf '\n== %s\n' "$*"; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    echo "not root and no sudo: ask an administrator to run: $*" >&2
    return 1
  fi
}

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Installs the packages named that are missing. Touches no network when none is.
install_missing() {
  local missing=() package
  for package in "$@"; do is_installed "$package" || missing+=("$package"); done
  [ ${#missing[@]} = 0 ] && return 0
  say "installing ${missing[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || echo "apt-get update failed; trying with the lists at hand" >&2
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}

# Work trees share compiler results, wherever they stand.
use_ccache() {
  export CCACHE_BASEDIR=$1 CCACHE_NOHASHDIR=1
  export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime
}
