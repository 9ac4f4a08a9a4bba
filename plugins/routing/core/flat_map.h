// flat_map: keys to numbers in one block of memory; finding takes a few nanoseconds.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mw::routing {

// Spreads all bits of `value`; different for each seed, so that peers cannot choose keys that
// collide.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t value, std::uint64_t seed) {
  value = (value ^ seed ^ (value >> 32)) * 0x9fb21c651e98df25u;
  return value ^ (value >> 29);
}

// Key has == and `std::uint64_t hash(seed) const`. Linear probing; what is removed closes its gap.
template <class Key>
class flat_map {
 public:
  explicit flat_map(std::uint64_t seed = 0) : seed_(seed) {}

  [[nodiscard]] std::optional<std::uint32_t> find(const Key& key) const {
    if (size_ == 0) return std::nullopt;
    for (std::size_t at = home(key);; at = (at + 1) & mask_) {
      if (!cells_[at].used) return std::nullopt;
      if (cells_[at].key == key) return cells_[at].value;
    }
  }
  // Sets or replaces.
  void set(const Key& key, std::uint32_t value) {
    if ((size_ + 1) * 4 > cells_.size() * 3) grow();
    std::size_t at = home(key);
    for (; cells_[at].used; at = (at + 1) & mask_)
      if (cells_[at].key == key) {
        cells_[at].value = value;
        return;
      }
    cells_[at] = {key, value, true};
    ++size_;
  }
  void erase(const Key& key) {
    if (size_ == 0) return;
    std::size_t at = home(key);
    for (; cells_[at].used; at = (at + 1) & mask_)
      if (cells_[at].key == key) return close_gap(at);
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  struct cell {
    Key key{};
    std::uint32_t value = 0;
    bool used = false;
  };

  [[nodiscard]] std::size_t home(const Key& key) const { return key.hash(seed_) & mask_; }
  void grow() {
    std::vector<cell> old(cells_.empty() ? 16 : cells_.size() * 2);
    old.swap(cells_);
    mask_ = cells_.size() - 1;
    size_ = 0;
    for (const cell& c : old)
      if (c.used) set(c.key, c.value);
  }
  // Moves what was pushed past the gap by collisions back into it.
  void close_gap(std::size_t gap) {
    for (std::size_t at = (gap + 1) & mask_; cells_[at].used; at = (at + 1) & mask_) {
      const std::size_t wanted = home(cells_[at].key);
      if (((at - wanted) & mask_) >= ((at - gap) & mask_))
        cells_[std::exchange(gap, at)] = cells_[at];
    }
    cells_[gap].used = false;
    --size_;
  }

  std::vector<cell> cells_;
  std::size_t mask_ = 0;
  std::size_t size_ = 0;
  std::uint64_t seed_;
};

// For keys that are numbers.
struct number_key {
  std::uint64_t value = 0;
  friend bool operator==(const number_key&, const number_key&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const { return mix(value, seed); }
};

}  // namespace mw::routing
