// signal_watch: signals read from a descriptor, beside one that ends the thread.
// SPDX-License-Identifier: Apache-2.0
#include "signal_watch.h"

#include <mw/assert.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

#include <array>
#include <cstdint>
#include <utility>

namespace mw::kernel::cli {

signal_watch::signal_watch() {
  sigset_t watched;
  sigemptyset(&watched);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&watched, number);
  pthread_sigmask(SIG_BLOCK, &watched, nullptr);
  signals_ = unique_fd(::signalfd(-1, &watched, SFD_CLOEXEC));
  ended_ = unique_fd(::eventfd(0, EFD_CLOEXEC));
  MW_ASSERT(signals_ && ended_, "a process has descriptors to spare when it begins");
}

signal_watch::~signal_watch() {
  stop();
}

void signal_watch::start(function<void(int)> handler) {
  handler_ = std::move(handler);
  thread_ = std::thread([this] { run(); });
}

void signal_watch::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  MW_ASSERT(::write(ended_.get(), &one, sizeof one) == sizeof one, "an eventfd takes a first one");
  thread_.join();
}

void signal_watch::run() {
  std::array<pollfd, 2> waits{pollfd{signals_.get(), POLLIN, 0}, pollfd{ended_.get(), POLLIN, 0}};
  while (true) {
    if (::poll(waits.data(), waits.size(), -1) < 0) continue;  // interrupted by a debugger
    if (waits[1].revents != 0) return;
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof info) == sizeof info)
      handler_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace mw::kernel::cli
