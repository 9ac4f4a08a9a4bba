// interrupt: SIGINT and SIGTERM as something that a verb waits for beside its answers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/run/signal_watch.h"

#include <mw/types.h>

#include <condition_variable>
#include <mutex>

namespace mw::kernel::cli {

// The first signal is a request: the verb ends in order and prints what it has. The second ends the
// process at once, with 128 and the number of the signal as shells count it.
class interrupt {
 public:
  interrupt();  // before any thread starts
  interrupt(const interrupt&) = delete;
  interrupt& operator=(const interrupt&) = delete;

  [[nodiscard]] bool asked() const;
  // Waits for `length`, or until asked: then true.
  bool wait(duration length) const;
  // `timed_out`, the kind nearest to "no longer wanted", once asked.
  [[nodiscard]] status check() const;

 private:
  void take(int signal);

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool asked_ = false;
  signal_watch signals_;  // last: its thread uses the others
};

}  // namespace mw::kernel::cli
