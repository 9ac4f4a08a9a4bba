// hex: bytes of test vectors.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

#include <mw/assert.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::crypto::testing {

using byte_list = std::vector<std::byte>;

inline byte_list from_hex(std::string_view text) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  MW_ASSERT(text.size() % 2 == 0, "two digits a byte");
  byte_list out;
  for (std::size_t i = 0; i < text.size(); i += 2)
    out.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
  return out;
}

inline std::string to_hex(bytes_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4];
    out += digits[std::to_integer<unsigned>(b) & 15];
  }
  return out;
}

template <std::size_t Size>
secret_bytes<Size> secret_from(bytes_view bytes) {
  MW_ASSERT(bytes.size() == Size, "the right size");
  secret_bytes<Size> out;
  for (std::size_t i = 0; i < Size; ++i) out.span()[i] = bytes[i];
  return out;
}

// A library whose randomness repeats from run to run.
inline std::unique_ptr<library> repeatable(std::uint64_t seed = 1) {
  return library::make([state = seed](std::span<std::byte> out) mutable {
           for (std::byte& b : out) {
             state = state * 6364136223846793005u + 1442695040888963407u;
             b = static_cast<std::byte>(state >> 56);
           }
         })
      .value();
}

}  // namespace mw::crypto::testing
