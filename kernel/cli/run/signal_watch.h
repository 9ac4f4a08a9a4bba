// signal_watch: a thread that takes the signals of the process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/unique_fd.h"

#include <mw/function.h>

#include <csignal>
#include <thread>

namespace mw::kernel::cli {

// A thread of its own, so that a plug-in that blocks its lane cannot keep a node from being ended.
class signal_watch {
 public:
  // From here on SIGINT, SIGTERM and SIGHUP wait for this; make it before any thread starts. They
  // stay blocked for good, so that a late one cannot spoil the end of the process.
  signal_watch();
  signal_watch(const signal_watch&) = delete;
  signal_watch& operator=(const signal_watch&) = delete;
  ~signal_watch();

  // Calls `handler` on the watching thread for each signal, also for those that came before.
  void start(function<void(int)> handler);
  // After this the handler is not called any more.
  void stop();

 private:
  void run();

  unique_fd signals_;
  unique_fd ended_;
  function<void(int)> handler_;
  std::thread thread_;
};

}  // namespace mw::kernel::cli
