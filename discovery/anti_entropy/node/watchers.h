// watchers: who wants to hear of which entries.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/shared_state.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mw::anti_entropy {

// Outlives the handles it gives.
class watchers {
 public:
  static constexpr std::size_t watchers_max = 1024;

  // Null when there are too many.
  [[nodiscard]] state_watch_ptr add(std::string_view prefix,
                                    function<void(const state_entry&)> changed);
  // Watchers may come and go meanwhile, also the one that is called.
  void tell(const state_entry& what);
  [[nodiscard]] std::size_t size() const { return all_.size() - gone_; }

 private:
  struct watcher {
    std::string prefix;
    function<void(const state_entry&)> changed;
    bool gone = false;
  };
  class handle;
  void end(std::uint64_t number);

  std::map<std::uint64_t, watcher> all_;
  std::uint64_t last_ = 0;
  std::size_t gone_ = 0;  // ended while they were told; erased afterwards
  bool telling_ = false;
};

}  // namespace mw::anti_entropy
