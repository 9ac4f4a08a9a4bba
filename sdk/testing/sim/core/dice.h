// dice: how everything random in a world derives from its seed; integers only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/random.h>
#include <mw/toolkit/hash.h>
#include <mw/types.h>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mw::sim {

// Eight bytes at a time; not for keys of tables that a stranger can fill.
inline std::uint64_t hash_bytes(bytes_view bytes, std::uint64_t seed = 0) {
  std::uint64_t hash = hash_mix(seed, bytes.size());
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = (hash ^ word) * 0x9fb21c651e98df25u;
    hash ^= hash >> 32;
    bytes = bytes.subspan(8);
  }
  std::uint64_t rest = 0;
  if (!bytes.empty()) std::memcpy(&rest, bytes.data(), bytes.size());
  return hash_bits(hash ^ rest);
}

// One stream of decisions for one purpose.
class dice {
 public:
  dice(std::uint64_t seed, std::string_view purpose)
      : stream_(hash_mix(seed, hash_text(purpose))) {}

  // Uniform in [0, bound); zero for an empty range.
  std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : stream_.below(bound); }
  // True `ppm` times in a million. Impossible events do not use up a draw.
  bool ppm(std::uint32_t chance) { return chance != 0 && stream_.below(1'000'000) < chance; }
  bool coin() { return (stream_.next() >> 63) != 0; }
  // Uniform in [low, high].
  duration between(duration low, duration high) {
    return low + duration(static_cast<std::int64_t>(
                     below(static_cast<std::uint64_t>((high - low).count()) + 1)));
  }
  std::uint64_t next() { return stream_.next(); }

 private:
  random_stream stream_;
};

}  // namespace mw::sim
