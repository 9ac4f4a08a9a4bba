// deadline_ring: the deadlines of numbered things in buckets of a millisecond.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mw::routing {

// Adding and removing take constant time. Things are numbered by their place in a slot_table. Late
// by at most one tick, never early.
class deadline_ring {
 public:
  static constexpr duration tick = 1ms;

  deadline_ring() { heads_.fill(none); }

  // `index` is not in the ring.
  void add(std::uint32_t index, time_point when);
  // Fine when it is not in the ring.
  void remove(std::uint32_t index);
  // Takes out one that is due; empty when there is none. Others may be added and removed between
  // two calls.
  [[nodiscard]] std::optional<std::uint32_t> pop_due(time_point now);
  // Not later than the earliest deadline; empty when there is none. Looks for it.
  [[nodiscard]] std::optional<time_point> next();
  // The same without looking: what was earliest when next() last looked or was added since. Cheap
  // enough for each message.
  [[nodiscard]] std::optional<time_point> soonest() const {
    if (size_ == 0) return std::nullopt;
    return soonest_;
  }
  // Whether soonest() has come nearer since this was asked last.
  [[nodiscard]] bool came_nearer() { return std::exchange(nearer_, false); }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t none = ~0u;
  static constexpr std::uint32_t buckets = 1024;
  static constexpr std::uint32_t due_bucket = buckets;  // the list of those that are due

  struct node {
    std::uint32_t next = none;
    std::uint32_t previous = none;
    std::uint32_t bucket = none;  // none: not in the ring
    std::int64_t at_tick = 0;
  };

  void link(std::uint32_t index, std::uint32_t bucket);
  void unlink(std::uint32_t index);
  void collect(std::int64_t now_tick);
  [[nodiscard]] std::optional<time_point> look() const;

  std::vector<node> nodes_;
  std::array<std::uint32_t, buckets + 1> heads_;
  std::array<std::uint64_t, buckets / 64> filled_{};
  std::int64_t cursor_ = 0;  // all buckets of earlier ticks have been looked at
  std::size_t size_ = 0;
  time_point soonest_{};  // a lower bound while size_ > 0
  bool nearer_ = false;
};

}  // namespace mw::routing
