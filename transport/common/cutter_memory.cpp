// cutter_memory: spare blocks by size.
// SPDX-License-Identifier: Apache-2.0
#include "cutter_memory.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace mw::wire {
namespace {

std::size_t place_of(std::size_t capacity) {
  return static_cast<std::size_t>(std::countr_zero(capacity / cutter_memory::smallest));
}

}  // namespace

cutter_memory::cutter_memory(std::size_t spare_max) : spare_max_(spare_max) {
  static_assert(smallest << (sizes - 1) == kept_max);
  checksums_.reserve(checksums_max);
}

cutter_memory::block cutter_memory::take(std::size_t size) {
  const bool kept = size <= kept_max;
  const std::size_t capacity = kept ? std::bit_ceil(std::max(size, smallest)) : size;
  held_ += capacity;
  if (kept && !kept_[place_of(capacity)].empty()) {
    auto& same = kept_[place_of(capacity)];
    block out{std::move(same.back()), capacity};
    same.pop_back();
    spare_ -= capacity;
    return out;
  }
  return {std::make_unique_for_overwrite<std::byte[]>(capacity), capacity};
}

void cutter_memory::give(block&& returned) {
  if (returned.bytes == nullptr) return;
  block done = std::exchange(returned, {});
  held_ -= done.capacity;
  if (done.capacity > kept_max || spare_ + done.capacity > spare_max_) return;
  spare_ += done.capacity;
  kept_[place_of(done.capacity)].push_back(std::move(done.bytes));
}

std::unique_ptr<running_checksum> cutter_memory::take_checksum() {
  if (checksums_.empty()) return std::make_unique<running_checksum>();
  auto out = std::move(checksums_.back());
  checksums_.pop_back();
  return out;
}

void cutter_memory::give(std::unique_ptr<running_checksum> returned) {
  if (returned != nullptr && checksums_.size() < checksums_max)
    checksums_.push_back(std::move(returned));
}

}  // namespace mw::wire
