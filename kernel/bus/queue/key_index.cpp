// key_index: linear probing without deletion.
// SPDX-License-Identifier: Apache-2.0
#include "bus/queue/key_index.h"

#include <mw/toolkit/hash.h>

#include <algorithm>
#include <bit>

namespace mw::kernel {
namespace {

constexpr std::size_t entries_min = 4;  // fewer could all be used, and a search would not end

// Only the member of the field's kind is set, so the others add nothing.
std::uint64_t hash_of(const field_value& value) {
  if (value.kind == value_kind::text) return hash_text(value.text);
  return hash_bits(std::uint64_t{value.boolean} ^ static_cast<std::uint64_t>(value.integer) ^
                   value.natural ^ std::bit_cast<std::uint64_t>(value.real));
}

// By bits: a key that is not a number is still equal to itself.
bool same(const field_value& a, const field_value& b) {
  return a.boolean == b.boolean && a.integer == b.integer && a.natural == b.natural &&
         std::bit_cast<std::uint64_t>(a.real) == std::bit_cast<std::uint64_t>(b.real) &&
         a.text == b.text;
}

}  // namespace

key_index::key_index(const field_info& key, std::uint32_t slots) : key_(&key) {
  resize(slots);
}

void key_index::resize(std::uint32_t slots) {
  entries_.assign(std::max(std::size_t{slots} * 2, entries_min), {});
  mask_ = entries_.size() - 1;
  used_ = 0;
}

void key_index::rebuild(const event_queue& ring, std::uint64_t first, std::uint32_t slots) {
  resize(slots);
  sweep(ring, first);
}

void key_index::sweep(const event_queue& ring, std::uint64_t first) {
  std::fill(entries_.begin(), entries_.end(), entry{});
  used_ = 0;
  for (std::uint64_t i = first; i != ring.last(); ++i)
    store(hash_of(key_->get(ring.slot(i))), i, first);
}

std::optional<std::uint64_t> key_index::find(const event_queue& ring, std::uint64_t first,
                                             const void* event) const {
  const field_value wanted = key_->get(event);
  const std::uint64_t hash = hash_of(wanted);
  for (std::uint64_t at = hash & mask_; entries_[at].place != 0; at = (at + 1) & mask_) {
    const std::uint64_t position = entries_[at].place - 1;
    if (entries_[at].hash == hash && position >= first &&
        same(key_->get(ring.slot(position)), wanted))
      return position;
  }
  return std::nullopt;
}

void key_index::add(const event_queue& ring, std::uint64_t first, const void* event) {
  // A quarter stays unused, so that every search ends. Half of the entries at most are alive: the
  // sweep is paid for by as many events as a quarter.
  if (used_ * 4 >= entries_.size() * 3) sweep(ring, first);
  store(hash_of(key_->get(event)), ring.last(), first);
}

void key_index::store(std::uint64_t hash, std::uint64_t position, std::uint64_t first) {
  std::uint64_t at = hash & mask_;
  while (entries_[at].place > first) at = (at + 1) & mask_;  // skips what is alive
  if (entries_[at].place == 0) ++used_;
  entries_[at] = {position + 1, hash};
}

}  // namespace mw::kernel
