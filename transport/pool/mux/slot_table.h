// slot_table: objects under names that are never reused: a slot and the number of its owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace mw::pool {

// `Ref` has the fields `slot` and `generation`; generation zero is nobody.
template <class T, class Ref>
class slot_table {
 public:
  // `make(ref)` builds the object under its name.
  template <class Make>
  T& add(const Make& make) {
    std::uint32_t slot = 0;
    if (free_.empty()) {
      slot = static_cast<std::uint32_t>(entries_.size());
      entries_.emplace_back();
    } else {
      slot = free_.back();
      free_.pop_back();
    }
    const std::uint32_t generation = ++entries_[slot].generation;
    entries_[slot].object = make(Ref{slot, generation});
    ++count_;
    return *entries_[slot].object;
  }

  [[nodiscard]] T* find(Ref ref) const {
    if (ref.slot >= entries_.size()) return nullptr;
    const entry& e = entries_[ref.slot];
    return e.generation == ref.generation ? e.object.get() : nullptr;
  }

  // The object, for its last words; null when it had gone. A slot whose names are used up retires.
  std::unique_ptr<T> remove(Ref ref) {
    if (find(ref) == nullptr) return nullptr;
    entry& e = entries_[ref.slot];
    std::unique_ptr<T> last = std::move(e.object);
    --count_;
    if (e.generation != UINT32_MAX) free_.push_back(ref.slot);
    return last;
  }

  // Calls `visit(T&)`; it may add and remove.
  template <class Visit>
  void each(Visit visit) const {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      if (T* const object = entries_[i].object.get()) visit(*object);
  }

  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct entry {
    std::unique_ptr<T> object;
    std::uint32_t generation = 0;
  };
  std::vector<entry> entries_;
  std::vector<std::uint32_t> free_;
  std::size_t count_ = 0;
};

}  // namespace mw::pool
