// lane_watchdog: names the plug-in that does not give its lane back, while it happens.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lane/lane.h"

#include <mw/function.h>
#include <mw/types.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mw::kernel {

// A thread of its own: a held lane cannot watch itself. Every lane turns at least four times a
// second (its bus is watched then), so one that has not turned for `patience` is held by somebody.
class lane_watchdog {
 public:
  static constexpr duration patience = 800ms;

  struct finding {
    std::size_t lane;
    std::string plugin;  // empty: a callback of I/O, whose owner is not known
    bool released;       // the second report of an episode: the lane turns again
  };
  // `report` is called on the watchdog's thread. Lanes and report outlive this.
  lane_watchdog(std::vector<const lane*> lanes, function<void(const finding&)> report);
  lane_watchdog(const lane_watchdog&) = delete;
  lane_watchdog& operator=(const lane_watchdog&) = delete;
  ~lane_watchdog();

 private:
  struct watched {
    const lane* at;
    std::uint64_t turns = 0;
    int unchanged = 0;
    std::string held_by;
    bool reported = false;
  };
  void run();
  void look(watched& one);

  std::vector<watched> lanes_;
  function<void(const finding&)> report_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace mw::kernel
