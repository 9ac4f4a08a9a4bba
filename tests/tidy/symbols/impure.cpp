// impure: a library that breaks the law of plug-ins on purpose; purity_test must catch all of it.
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>

namespace {
int impure_count = 0;
}

extern "C" __attribute__((visibility("default"))) int impure_helper() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  impure_count += std::getenv("PATH") != nullptr ? 1 : 0;
  return impure_count + static_cast<int>(now.tv_nsec);
}
