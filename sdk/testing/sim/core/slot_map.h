// slot_map: objects by number, where the number of an object that is gone never finds another one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace mw::sim {

using slot_id = std::uint64_t;  // generation in the high half, place in the low half; never zero

// Objects do not move. Iteration goes by place, which depends on the order of calls alone.
template <class T>
class slot_map {
 public:
  template <class... Args>
  slot_id emplace(Args&&... args) {
    std::size_t place = slots_.size();
    if (free_.empty()) {
      slots_.emplace_back();
    } else {
      place = free_.back();
      free_.pop_back();
    }
    slots_[place].object.emplace(std::forward<Args>(args)...);
    ++live_;
    return (static_cast<slot_id>(slots_[place].generation) << 32) | place;
  }

  // The number that the next emplace() will return.
  [[nodiscard]] slot_id next_id() const {
    if (free_.empty()) return (slot_id{1} << 32) | slots_.size();
    return (static_cast<slot_id>(slots_[free_.back()].generation) << 32) | free_.back();
  }

  [[nodiscard]] T* find(slot_id id) {
    const std::size_t place = id & 0xffff'ffff;
    if (place >= slots_.size() || slots_[place].generation != id >> 32) return nullptr;
    return slots_[place].object ? &*slots_[place].object : nullptr;
  }

  bool erase(slot_id id) {
    if (find(id) == nullptr) return false;
    const std::size_t place = id & 0xffff'ffff;
    ++slots_[place].generation;  // first: its destructor must not find it any more
    slots_[place].object.reset();
    free_.push_back(place);
    --live_;
    return true;
  }

  // Calls `visit(id, object)` for each; the visit may erase any object.
  template <class Visit>
  void each(Visit visit) {
    for (std::size_t place = 0; place < slots_.size(); ++place) {
      slot& one = slots_[place];
      if (one.object) visit((static_cast<slot_id>(one.generation) << 32) | place, *one.object);
    }
  }

  [[nodiscard]] std::size_t size() const { return live_; }

 private:
  struct slot {
    std::optional<T> object;
    std::uint32_t generation = 1;
  };
  std::deque<slot> slots_;
  std::vector<std::size_t> free_;
  std::size_t live_ = 0;
};

}  // namespace mw::sim
