// random: one stream of random numbers per purpose, seeded by the node and by the simulator.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mw {

namespace detail {
__extension__ using uint128 = unsigned __int128;
}

// A stream of uniform numbers. Not for keys and nonces: use `secure_bytes` of random_service.
class random_stream {
 public:
  explicit random_stream(std::uint64_t seed) : state_{seed, seed ^ 0x9e3779b97f4a7c15u} {
    for (int i = 0; i < 8; ++i) (void)next();
  }
  // xoroshiro128+; passes the usual tests except in its lowest bits, which below() does not use
  // alone.
  std::uint64_t next() {
    const std::uint64_t a = state_[0];
    std::uint64_t b = state_[1];
    const std::uint64_t out = a + b;
    b ^= a;
    state_[0] = ((a << 24) | (a >> 40)) ^ b ^ (b << 16);
    state_[1] = (b << 37) | (b >> 27);
    return out;
  }
  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<detail::uint128>(next()) * bound) >> 64);
  }
  // Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  bool chance(double probability) { return unit() < probability; }

 private:
  std::uint64_t state_[2];
};

// Implemented by the kernel.
class random_service {
 public:
  // The stream named `purpose` of this plug-in. Adding a draw to one purpose does not move the
  // others.
  virtual random_stream& stream(std::string_view purpose) = 0;
  // Fills with bytes from the operating system's generator (the simulator: from its seed).
  virtual void secure_bytes(std::span<std::byte> out) = 0;

 protected:
  ~random_service() = default;
};

}  // namespace mw
