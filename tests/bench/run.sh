#!/usr/bin/env bash
# run: builds the bench preset and prints the figures of one group or of all.
# SPDX-License-Identifier: Apache-2.0
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=tests/setup.sh
source tests/setup.sh

usage() {
  cat <<TEXT
usage: tests/bench/run.sh [GROUP] [--json]

groups: $(for f in tests/bench/*.cpp; do basename "$f" .cpp; done | grep -vE '^(bench|allocations|.*_test)$' | tr '\n' ' ')
--json  one JSON object a line: bench, variant, value, unit, spread, ratio_to

Example: tests/bench/run.sh bus
Figures mean something only on a quiet machine, and only as ratios within one run.
TEXT
}

groups=()
options=()
for argument in "$@"; do
  case $argument in
    --json) options+=(--json) ;;
    --help | -h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) groups+=("$argument") ;;
  esac
done
if [ ${#groups[@]} = 0 ]; then
  for program in tests/bench/*.cpp; do
    name=$(basename "$program" .cpp)
    case $name in bench | allocations | *_test) ;; *) groups+=("$name") ;; esac
  done
fi

# The build speaks on stderr: stdout is for figures.
{
  install_missing "${mw_packages_build[@]}" "${mw_packages_tests[@]}"
  use_ccache "$PWD"
  cmake --preset bench
  cmake --build build/bench --target "${groups[@]/#/bench_}"
} >&2
for group in "${groups[@]}"; do "build/bench/bin/bench_$group" "${options[@]}"; done
