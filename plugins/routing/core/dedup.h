// dedup: which messages of a producer have been seen: a window of bits, exact and small.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mw::routing {

enum class seen : std::uint8_t {
  fresh,          // for the first time; it is remembered now
  duplicate,      // processed before: acknowledge it, do not process it
  fenced,         // of an epoch that has ended
  out_of_window,  // too far behind the newest: nobody knows any more
};

// Who numbers messages: a node as its transport knows it (`peer`), and its own name for this life.
struct producer_key {
  std::uint64_t peer = 0;
  std::uint64_t producer = 0;
  friend bool operator==(const producer_key&, const producer_key&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const {
    return mix(producer, mix(peer, seed));
  }
};

// Remembers the last `window` sequence numbers of each of at most `producers_max` producers; the
// one that was quiet for longest is forgotten for a new one. 0.13 bytes a message.
class dedup {
 public:
  static constexpr std::uint64_t window = 4096;

  dedup(std::uint32_t producers_max, std::uint64_t seed) : max_(producers_max), by_key_(seed) {}

  // What it is, without remembering it.
  [[nodiscard]] seen look(const producer_key& from, std::uint32_t epoch,
                          std::uint64_t sequence) const;
  // Remembers it when it is fresh. A larger epoch ends the earlier ones.
  seen take(const producer_key& from, std::uint32_t epoch, std::uint64_t sequence);

  [[nodiscard]] std::size_t producers() const { return by_key_.size(); }
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  static constexpr std::uint32_t none = ~0u;
  struct entry {
    producer_key key;
    std::uint32_t epoch = 0;
    std::uint32_t older = none;  // list by last use
    std::uint32_t newer = none;
    std::uint64_t highest = 0;
    std::array<std::uint64_t, window / 64> bits{};
  };

  [[nodiscard]] static seen judge(const entry& e, std::uint32_t epoch, std::uint64_t sequence);
  entry& entry_of(const producer_key& from, std::uint32_t epoch, std::uint64_t sequence);
  static void advance(entry& e, std::uint64_t to);
  void touch(std::uint32_t index);
  void take_out(std::uint32_t index);

  std::uint32_t max_;
  std::uint32_t oldest_ = none;
  std::uint32_t newest_ = none;
  std::uint64_t forgotten_ = 0;
  std::vector<entry> entries_;
  flat_map<producer_key> by_key_;
};

}  // namespace mw::routing
