// hello_samples: a hello to test with, its golden bytes, and tools to take hellos apart.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "hello.h"
#include "hello_fields.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::wire::samples {

inline std::string hex(bytes_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : bytes) {
    out += digits[std::to_integer<unsigned>(byte >> 4)];
    out += digits[std::to_integer<unsigned>(byte & std::byte{15})];
  }
  return out;
}

inline hello sample_hello() {
  hello h;
  h.node = "n1";
  h.cluster = "demo";
  h.zone = "a";
  h.datacenter = "east";
  h.listen = "127.0.0.1:7400";
  h.codec = "msgpack/1";
  h.life = 0x0102030405060708;
  h.checksums = checksum_set(checksum::crc32c, checksum::xxh3);
  h.compressions = compression_set(compression::none, compression::lz4);
  for (std::size_t i = 0; i < h.nonce.size(); ++i) h.nonce[i] = static_cast<std::byte>(0xa0 + i);
  return h;
}

// sample_hello() on the wire, field by field; WIRE.md shows the same.
inline std::string hex_fields() {
  std::string all;
  for (const std::string_view part :
       {"4d576c6b00010001", "0100026e31", "02000464656d6f", "03000161", "04000465617374",
        "05000e3132372e302e302e313a37343030", "0600080102030405060708", "0700096d73677061636b2f31",
        "08000106", "09000103", "0a000400020000", "0b000401000000", "0c000400040000",
        "0d000400100000", "0e000400001000", "0f0010a0a1a2a3a4a5a6a7a8a9aaabacadaeaf"})
    all += part;
  return all;
}

inline std::vector<std::byte> with_field(std::vector<std::byte> bytes, unsigned tag,
                                         bytes_view value) {
  bytes.push_back(static_cast<std::byte>(tag));
  bytes.push_back(static_cast<std::byte>(value.size() >> 8));
  bytes.push_back(static_cast<std::byte>(value.size() & 0xff));
  bytes.insert(bytes.end(), value.begin(), value.end());
  return bytes;
}

// Tag and value of each field of a hello that is well formed.
inline std::vector<std::pair<unsigned, std::vector<std::byte>>> fields_of(bytes_view bytes) {
  std::vector<std::pair<unsigned, std::vector<std::byte>>> out;
  for (std::size_t at = hello_fixed; at < bytes.size();) {
    const std::size_t size = std::to_integer<std::size_t>(bytes[at + 1]) << 8 |
                             std::to_integer<std::size_t>(bytes[at + 2]);
    const bytes_view value = bytes.subspan(at + hello_field_head, size);
    out.emplace_back(std::to_integer<unsigned>(bytes[at]),
                     std::vector<std::byte>(value.begin(), value.end()));
    at += hello_field_head + size;
  }
  return out;
}

inline std::vector<std::byte> without_field(const std::vector<std::byte>& bytes, unsigned tag) {
  std::vector<std::byte> out(bytes.begin(), bytes.begin() + hello_fixed);
  for (const auto& [other, value] : fields_of(bytes))
    if (other != tag) out = with_field(std::move(out), other, value);
  return out;
}

}  // namespace mw::wire::samples
