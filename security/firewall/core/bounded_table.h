// bounded_table: what is known about so many addresses and no more; the least telling one goes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "networks/address.h"

#include <mw/toolkit/hash.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mw::firewall {

struct table_key {
  network at;
  std::uint32_t tag = 0;  // keeps apart what is counted apart
  friend bool operator==(const table_key&, const table_key&) = default;
};

// Sets of eight. A full set gives up the record with the least weight: who has behaved best loses
// least by being forgotten, and a flood of new addresses cannot wash away those that misbehave.
// Record: std::int64_t weight(time_point now) const; zero: it says nothing, forgetting it is free.
template <class Record>
class bounded_table {
 public:
  // The seed keeps others from choosing addresses that meet in one set.
  bounded_table(std::size_t capacity, std::uint64_t seed)
      : seed_(seed), places_(std::bit_ceil(capacity < ways ? ways : capacity)) {}

  // The record of `key`, a fresh one if there was none. Valid until the next call.
  Record& at(const table_key& key, time_point now) {
    place* victim = nullptr;
    std::int64_t least = 0;
    place* const set = set_of(key);
    for (place* one = set; one != set + ways; ++one) {
      if (one->used && one->key == key) return one->record;
      const std::int64_t weight = one->used ? one->record.weight(now) : -1;
      if (victim == nullptr || weight < least) victim = one, least = weight;
    }
    if (least > 0) ++forgotten_;
    *victim = {key, true, Record{}};
    return victim->record;
  }
  [[nodiscard]] Record* find(const table_key& key) {
    place* const set = set_of(key);
    for (place* one = set; one != set + ways; ++one)
      if (one->used && one->key == key) return &one->record;
    return nullptr;
  }
  void forget(const table_key& key) {
    place* const set = set_of(key);
    for (place* one = set; one != set + ways; ++one)
      if (one->used && one->key == key) *one = {};
  }

  [[nodiscard]] std::size_t capacity() const { return places_.size(); }
  // Records given up although they said something.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  static constexpr std::size_t ways = 8;
  struct place {
    table_key key;
    bool used = false;
    Record record{};
  };

  place* set_of(const table_key& key) {
    std::uint64_t hash = hash_mix(seed_ ^ key.at.length, key.tag);
    hash = hash_mix(hash_mix(hash, key.at.base.high), key.at.base.low);
    return &places_[(hash & (places_.size() / ways - 1)) * ways];
  }

  std::uint64_t seed_;
  std::uint64_t forgotten_ = 0;
  std::vector<place> places_;
};

}  // namespace mw::firewall
