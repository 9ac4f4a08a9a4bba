#!/usr/bin/env bash
# run: builds the bench preset and prints the figures of one group or of all.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/setup.sh
source tests/setup.sh

# A group is a source beside this script, or a folder with a CMakeLists.txt.
all_groups() {
  local path name
  for path in tests/bench/*.cpp tests/bench/*/CMakeLists.txt; do
    case $path in
      */CMakeLists.txt) name=$(basename "$(dirname "$path")") ;;
      *) name=$(basename "$path" .cpp) ;;
    esac
    case $name in
      bench | allocations | *_test) ;;
      messaging) echo messaging; echo messaging-tls ;;  # the same runner, encrypted
      *) echo "$name" ;;
    esac
  done
}

usage() {
  cat <<TEXT
usage: tests/bench/run.sh [GROUP] [--json] [--only N]

groups: $(all_groups | tr '\n' ' ')
--json    one JSON object a line: bench, variant, value, unit, spread, ratio_to
--only N  swim: clusters of N members only; default: 3, 32 and 128, in less than ten minutes

Example: tests/bench/run.sh bus
Figures mean something only on a quiet machine, and only as ratios within one run.
TEXT
}

groups=()
options=()
while [ $# -gt 0 ]; do
  argument=$1
  shift
  case $argument in
    --json) options+=(--json) ;;
    --only)
      options+=(--only "${1:?--only needs a number of members}")
      shift
      ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) groups+=("$argument") ;;
  esac
done
if [ ${#groups[@]} = 0 ]; then
  mapfile -t groups < <(all_groups)
fi

# The build speaks on stderr: stdout is for figures.
{
  install_missing "${mw_packages_build[@]}" "${mw_packages_tests[@]}"
  case " ${groups[*]} " in *" swim "*)
    install_missing serf python3 || echo "going on without serf" ;;
  esac
  case " ${groups[*]} " in *" messaging "* | *" messaging-tls "*)
    install_missing "${mw_packages_bench[@]}" || echo "going on with the peers that are there" ;;
  esac
  use_ccache "$PWD"
  cmake --preset bench
  cmake --build build/bench --target "${groups[@]/#/bench_}"
} >&2
for group in "${groups[@]}"; do "build/bench/bin/bench_$group" "${options[@]}"; done
