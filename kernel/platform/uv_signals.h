// uv_signals: signals as turns of a lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "uv_handle.h"

#include <functional>
#include <map>
#include <memory>

namespace mw::kernel {

class uv_lane;

class uv_signals {
 public:
  explicit uv_signals(uv_lane& lane) : lane_(lane) {}
  void on(int number, std::function<void(int)> handler);

 private:
  struct watch {
    uv_lane& lane;
    std::function<void(int)> handler;
    uv_handle<uv_signal_t> handle;
  };
  uv_lane& lane_;
  std::map<int, std::unique_ptr<watch>> watches_;
};

}  // namespace mw::kernel
