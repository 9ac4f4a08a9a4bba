// id_table: values by 64-bit ids; owns no memory while it is empty, allocates only to grow.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/toolkit/hash.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mw::pool {

// Open addressing with linear probing; removal moves later entries up, so there are no tombstones.
template <class T>
class id_table {
 public:
  [[nodiscard]] std::size_t count() const { return count_; }

  [[nodiscard]] T* find(std::uint64_t id) {
    if (count_ == 0) return nullptr;
    const std::size_t at = place_of(id);
    return cells_[at].used ? &cells_[at].value : nullptr;
  }

  // `id` is not in the table.
  T& add(std::uint64_t id, T value) {
    if (2 * (count_ + 1) > cells_.size()) grow();
    cell& c = cells_[place_of(id)];
    c = {id, std::move(value), true};
    ++count_;
    return c.value;
  }

  void remove(std::uint64_t id) {
    if (count_ == 0) return;
    std::size_t hole = place_of(id);
    if (!cells_[hole].used) return;
    cells_[hole].used = false;
    --count_;
    if (count_ == 0 && cells_.size() > keep_cells) return cells_ = {}, void();
    for (std::size_t next = (hole + 1) & mask(); cells_[next].used; next = (next + 1) & mask()) {
      const std::size_t home = home_of(cells_[next].id);
      // Movable when its home does not lie between the hole and where it is now.
      if (((next - home) & mask()) < ((next - hole) & mask())) continue;
      cells_[hole] = std::move(cells_[next]);
      cells_[next].used = false;
      hole = next;
    }
  }

  template <class Visit>
  void each(Visit visit) {
    for (cell& c : cells_)
      if (c.used) visit(c.id, c.value);
  }

 private:
  static constexpr std::size_t keep_cells = 16;  // an empty table keeps no more than these
  struct cell {
    std::uint64_t id = 0;
    T value = T();
    bool used = false;
  };

  [[nodiscard]] std::size_t mask() const { return cells_.size() - 1; }
  [[nodiscard]] std::size_t home_of(std::uint64_t id) const { return hash_bits(id) & mask(); }
  [[nodiscard]] std::size_t place_of(std::uint64_t id) const {
    std::size_t at = home_of(id);
    while (cells_[at].used && cells_[at].id != id) at = (at + 1) & mask();
    return at;
  }
  void grow() {
    std::vector<cell> old(cells_.empty() ? 8 : cells_.size() * 2);
    old.swap(cells_);
    for (cell& c : old)
      if (c.used) cells_[place_of(c.id)] = std::move(c);
  }

  std::vector<cell> cells_;
  std::size_t count_ = 0;
};

}  // namespace mw::pool
