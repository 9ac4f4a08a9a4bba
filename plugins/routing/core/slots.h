// slots: objects in numbered places whose names are never reused; stable addresses, no allocation.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/planted.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace mw::routing {

// An id is a place (its low bits) and how often the place was used before: a stale id finds
// nothing. Memory grows in chunks up to `limit` objects and is kept. T has clear(), which returns
// it to the state of a new one, and a public `id`.
template <class T>
class slot_table {
 public:
  static constexpr std::uint32_t index_bits = 20;
  static constexpr std::uint32_t index_limit = (1u << index_bits) - 1;

  explicit slot_table(std::uint32_t limit) : limit_(limit < index_limit ? limit : index_limit) {}

  // Null when all places are taken.
  T* open() {
    if (free_.empty()) {
      if (made_ >= limit_) return nullptr;
      if (made_ % chunk == 0) {
        chunks_.push_back(std::make_unique<std::array<T, chunk>>());
        // So that closing never allocates.
        free_.reserve(chunks_.size() * chunk);
      }
      T& fresh = at(made_);
      fresh.id = (std::uint64_t{1} << index_bits) | made_++;
      ++open_;
      return &fresh;
    }
    T& reused = at(free_.back());
    free_.pop_back();
    reused.id &= ~closed_mark;
    ++open_;
    return &reused;
  }

  [[nodiscard]] T* find(std::uint64_t id) {
    const std::uint32_t index = index_of(id);
    if (index >= made_ || (id & closed_mark) != 0) return nullptr;
    T& found = at(index);
    return found.id == id ? &found : nullptr;
  }
  // Of an open place.
  [[nodiscard]] T& at(std::uint32_t index) { return (*chunks_[index / chunk])[index % chunk]; }

  void close(T& object) {
    const std::uint64_t id = object.id;
    object.clear();
    constexpr std::uint64_t once = std::uint64_t{1} << index_bits;
    object.id = (id + (MW_PLANTED(id_reused) ? 0 : once)) | closed_mark;
    free_.push_back(index_of(id));
    --open_;
  }

  // Calls f(T&) for each open object; f may close that one.
  template <class F>
  void each(F f) {
    for (std::uint32_t i = 0; i < made_; ++i)
      if (T& one = at(i); (one.id & closed_mark) == 0) f(one);
  }

  [[nodiscard]] std::uint32_t size() const { return open_; }
  [[nodiscard]] std::uint32_t limit() const { return limit_; }
  [[nodiscard]] static std::uint32_t index_of(std::uint64_t id) {
    return static_cast<std::uint32_t>(id) & index_limit;
  }

 private:
  static constexpr std::uint32_t chunk = 64;
  static constexpr std::uint64_t closed_mark = std::uint64_t{1} << 63;

  std::uint32_t limit_;
  std::uint32_t made_ = 0;
  std::uint32_t open_ = 0;
  std::vector<std::unique_ptr<std::array<T, chunk>>> chunks_;
  std::vector<std::uint32_t> free_;
};

}  // namespace mw::routing
