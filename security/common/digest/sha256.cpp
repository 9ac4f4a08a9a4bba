// sha256: the one call into libcrypto; it touches no file, clock or randomness.
// SPDX-License-Identifier: Apache-2.0
#include "common/digest/sha256.h"

#include <openssl/sha.h>

namespace mw {
namespace {

constexpr std::string_view digits = "0123456789abcdef";

}  // namespace

digest256 sha256(bytes_view data) {
  digest256 out;
  static_assert(out.size() == SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

std::string hex_of(const digest256& digest) {
  std::string out;
  out.reserve(2 * digest.size());
  for (const std::byte b : digest) {
    out += digits[std::to_integer<std::size_t>(b >> 4)];
    out += digits[std::to_integer<std::size_t>(b & std::byte{15})];
  }
  return out;
}

std::optional<digest256> digest_from_hex(std::string_view text) {
  digest256 out;
  if (text.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t high = digits.find(text[2 * i]);
    const std::size_t low = digits.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out[i] = static_cast<std::byte>(high << 4U | low);
  }
  return out;
}

}  // namespace mw
