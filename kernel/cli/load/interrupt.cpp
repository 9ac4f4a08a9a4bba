// interrupt: the signal thread sets a flag, and does not wait a second time.
// SPDX-License-Identifier: Apache-2.0
#include "interrupt.h"

#include <cstdlib>

namespace mw::kernel::cli {

interrupt::interrupt() {
  signals_.start([this](int signal) { take(signal); });
}

bool interrupt::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

bool interrupt::wait(duration length) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, length, [this] { return asked_; });
}

status interrupt::check() const {
  if (asked()) return {errc::timed_out, "stopped by a signal"};
  return {};
}

void interrupt::take(int signal) {
  if (signal == SIGHUP) signal = SIGTERM;  // the terminal went away
  const std::lock_guard lock(mutex_);
  if (asked_) std::_Exit(128 + signal);
  asked_ = true;
  changed_.notify_all();
}

}  // namespace mw::kernel::cli
