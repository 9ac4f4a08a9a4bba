// slab_pool: blocks for small writes, kept for reuse so that a busy lane does not allocate.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace mw::kernel {

// One slab fills one system call: below 64 KiB the cost of the call dominates.
inline constexpr std::size_t slab_bytes = 64 * 1024;
using slab = std::unique_ptr<std::array<std::byte, slab_bytes>>;

// Belongs to one lane.
class slab_pool {
 public:
  [[nodiscard]] slab take() {
    // for_overwrite: zeroing 64 KiB would cost more than the copy it prepares.
    if (spare_.empty()) return std::make_unique_for_overwrite<slab::element_type>();
    slab last = std::move(spare_.back());
    spare_.pop_back();
    return last;
  }
  void give(slab used) {
    if (spare_.size() < spare_max) spare_.push_back(std::move(used));
  }

 private:
  static constexpr std::size_t spare_max = 32;  // 2 MiB a lane
  std::vector<slab> spare_;
};

}  // namespace mw::kernel
