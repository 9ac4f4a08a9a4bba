// assert: promises checked in every build, and broken promises of others that are survived.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mw::detail {
// Prints the sentence, the condition, the place and a backtrace to stderr, then traps.
[[noreturn]] void assertion_failed(const char* condition, const char* why, const char* file,
                                   int line) noexcept;
}  // namespace mw::detail

// On in every build. Never for anything that came from a socket, a file or YAML: that is a failure.
#define MW_ASSERT(condition, why)                                          \
  do {                                                                     \
    if (!(condition)) [[unlikely]]                                         \
      ::mw::detail::assertion_failed(#condition, why, __FILE__, __LINE__); \
  } while (false)

// Only for checks dearer than the code they guard.
#ifdef NDEBUG
#define MW_DEBUG_ASSERT(condition, why) \
  do {                                  \
  } while (false)
#else
#define MW_DEBUG_ASSERT(condition, why) MW_ASSERT(condition, why)
#endif
