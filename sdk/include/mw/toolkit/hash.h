// hash: stable hashes for names and ids; the same in every build and on every machine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mw {

// Spreads the bits of `x` (the finaliser of splitmix64). A bijection: no two inputs collide.
constexpr std::uint64_t hash_bits(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xbf58476d1ce4e5b9u;
  x ^= x >> 27;
  x *= 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Combines two hashes; the order matters.
constexpr std::uint64_t hash_mix(std::uint64_t a, std::uint64_t b) {
  return hash_bits(a * 0x9e3779b97f4a7c15u + b + 0x7f4a7c15u);
}

// FNV-1a, then spread. For names, not against attackers who choose the keys.
constexpr std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3u;
  }
  return hash_bits(hash);
}

}  // namespace mw
