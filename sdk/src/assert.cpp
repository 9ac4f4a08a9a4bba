// assert: prints a broken promise and stops the process at the place where it broke.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>

#include <execinfo.h>

#include <cstdio>

namespace mw::detail {

void assertion_failed(const char* condition, const char* why, const char* file, int line) noexcept {
  std::fprintf(stderr, "assertion failed: %s\n  because: %s\n  at: %s:%d\n", condition, why, file,
               line);
  void* frames[48];
  const int count = backtrace(frames, 48);
  backtrace_symbols_fd(frames, count, 2);
  __builtin_trap();
}

}  // namespace mw::detail
