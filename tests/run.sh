#!/usr/bin/env bash
# run: installs what is missing, builds, runs all tests and ends with the runner's summary.
# SPDX-License-Identifier: Apache-2.0
set -uo pipefail
export LC_ALL=C
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root" || exit 3
# shellcheck source=tests/setup.sh
source tests/setup.sh

usage() {
  cat <<'TEXT'
usage: tests/run.sh [--quick | --sanitizers | --fuzz] [--help]

  (no option)    dev build and all its tests, sanitizer build with its tests, fuzz smoke runs
  --quick        dev build and all its tests only
  --sanitizers   AddressSanitizer + UBSan and ThreadSanitizer builds with their tests only
  --fuzz         fuzz targets only, with new inputs: $FUZZ_SECONDS (20) for each target

Exit code: 0 all passed, 1 something failed, 2 usage, 3 the machine cannot be set up.
Example: tests/run.sh --quick
TEXT
}

passed=0
failed=0
failures=()
jobs=$(nproc)

# One step that either works or fails: counted as one test.
step() {
  local name=$1
  shift
  say "$name"
  local start=$SECONDS
  if "$@"; then
    passed=$((passed + 1))
    echo "-- $name: ok, $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    failures+=("$name")
    echo "-- $name: FAILED, $((SECONDS - start)) s"
    return 1
  fi
}

# Runs ctest in build/$1 with the further arguments and adds its counts.
run_ctest() {
  local preset=$1 name=${2//|/_} log
  shift 2
  log=build/$preset/ctest.$name.log
  say "tests: $preset, $name"
  ctest --test-dir "build/$preset" -j"$jobs" --output-on-failure --no-tests=error --timeout 300 "$@" 2>&1 | tee "$log"
  local line bad all
  line=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests failed out of [0-9]+' "$log" | tail -n 1)
  if [ -z "$line" ]; then
    failed=$((failed + 1))
    failures+=("$preset: no tests ran")
    return 1
  fi
  bad=$(sed -E 's/.* ([0-9]+) tests failed out of .*/\1/' <<<"$line")
  all=$(sed -E 's/.* out of ([0-9]+).*/\1/' <<<"$line")
  passed=$((passed + all - bad))
  failed=$((failed + bad))
  [ "$bad" = 0 ] && return 0
  failures+=("$preset: $bad tests, see $log")
  return 1
}

build() { cmake --build "build/$1" -j"$jobs" "${@:2}"; }

have_clang() { command -v clang++-19 >/dev/null; }

run_dev() {
  step "configure dev" cmake --preset dev || return
  step "build dev" build dev || return
  step "sdk headers compile alone" build dev --target headers
  step "quickstart" examples/quickstart.sh --once
  run_ctest dev all
}

# Sanitizer builds leave out the tests that start many processes or measure the tree itself.
run_sanitizer() {
  local preset=$1 options=()
  # clang needs half of g++'s time here, and its runtime finds more.
  have_clang && options=(-DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19)
  # One instrumented build serves the unit tests and the fuzzers.
  have_clang && [ "$preset" = asan ] && options+=(-DMW_FUZZ=ON)
  step "configure $preset" cmake --preset "$preset" "${options[@]}" || return
  step "build $preset" build "$preset" || return
  export ASAN_OPTIONS=detect_stack_use_after_return=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  export TSAN_OPTIONS=halt_on_error=1
  run_ctest "$preset" "$2" -L "$2"
}

# New inputs, other ones each time: for looking, where the smoke runs are for keeping.
run_fuzzers() {
  local seconds=${FUZZ_SECONDS:-20} name program found
  have_clang || { echo "--fuzz needs clang-19" >&2; return 1; }
  step "configure asan" cmake --preset asan -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 -DMW_FUZZ=ON || return
  for program in tests/fuzz/*.cpp tests/fuzz/*/*.cpp; do
    case $program in */driver/* | */corpus/*) continue ;; esac
    name=$(basename "$program" .cpp)
    found=build/asan/tests/fuzz/found/$name
    step "build fuzz_$name" build asan --target "fuzz_$name" || continue
    step "fuzz $name" "build/asan/bin/fuzz_$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 \
      -max_len=65536 -verbosity=0 -print_final_stats=1 -artifact_prefix="$found/crash_" "$found" "tests/fuzz/corpus/$name"
  done
}

finish() {
  say "result after $SECONDS s"
  for failure in "${failures[@]:-}"; do [ -n "$failure" ] && echo "failed: $failure"; done
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

main() {
  local mode=${1:-all}
  [ $# -le 1 ] || { usage >&2; exit 2; }
  case $mode in
    all | --quick | --sanitizers | --fuzz) ;;
    --help | -h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  install_missing "${mw_packages_build[@]}" "${mw_packages_tests[@]}" || exit 3
  install_missing "${mw_packages_extra[@]}" || echo "building without ${mw_packages_extra[*]}"
  use_ccache "$root"
  case $mode in
    all) run_dev; run_sanitizer asan 'unit|sim|fuzz' ;;
    --quick) run_dev ;;
    --sanitizers) run_sanitizer asan 'unit|sim'; run_sanitizer tsan 'unit|sim' ;;
    --fuzz) run_fuzzers ;;
  esac
  finish
}

main "$@"
