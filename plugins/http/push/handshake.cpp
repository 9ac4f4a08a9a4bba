// handshake: key checks, SHA-1 (FIPS 180-4) and Base64 (RFC 4648) in their smallest form.
// SPDX-License-Identifier: Apache-2.0
#include "push/handshake.h"

#include <algorithm>
#include <bit>

namespace mw::http {
namespace {

constexpr std::string_view accept_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

// 16 random bytes in Base64: 22 characters and two signs of padding.
bool is_key(std::string_view key) {
  const auto is_digit = [](char c) {
    const char small = lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") &&
         std::all_of(key.begin(), key.end() - 2, is_digit);
}

struct round_part {
  std::uint32_t mixed;
  std::uint32_t constant;
};

round_part part_of(std::size_t round, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (round < 20) return {(b & c) | (~b & d), 0x5A827999};
  if (round < 40) return {b ^ c ^ d, 0x6ED9EBA1};
  if (round < 60) return {(b & c) | (b & d) | (c & d), 0x8F1BBCDC};
  return {b ^ c ^ d, 0xCA62C1D6};
}

void absorb(std::array<std::uint32_t, 5>& state, std::string_view block) {
  std::array<std::uint32_t, 80> words{};
  for (std::size_t i = 0; i < 64; ++i)
    words[i / 4] = words[i / 4] << 8 | static_cast<std::uint8_t>(block[i]);
  for (std::size_t i = 16; i < 80; ++i)
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < 80; ++i) {
    const round_part part = part_of(i, b, c, d);
    const std::uint32_t next = std::rotl(a, 5) + part.mixed + e + part.constant + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const std::array<std::uint32_t, 5> mixed{a, b, c, d, e};
  for (std::size_t i = 0; i < 5; ++i) state[i] += mixed[i];
}

}  // namespace

bool asks_for_websocket(const request& asked) {
  return asked.wants_upgrade && list_has(asked.header("upgrade"), "websocket");
}

refusal websocket_fault(const request& asked) {
  if (asked.method != verb::get) return {400, "a WebSocket begins with GET"};
  if (!asked.body().empty()) return {400, "a WebSocket handshake has no body"};
  if (asked.count("sec-websocket-version") != 1 || asked.header("sec-websocket-version") != "13")
    return {426, "the WebSocket version " + quoted(asked.header("sec-websocket-version")) +
                     " is not spoken here; 13 is"};
  if (asked.count("sec-websocket-key") != 1 || !is_key(asked.header("sec-websocket-key")))
    return {400, "Sec-WebSocket-Key is not one Base64 text of 16 bytes"};
  return {0, {}};
}

std::string websocket_accept(std::string_view key) {
  const auto digest = sha1(std::string(key).append(accept_suffix));
  return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::array<std::uint8_t, 20> sha1(std::string_view text) {
  std::array<std::uint32_t, 5> state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  std::string padded(text);
  padded += static_cast<char>(0x80);
  padded.resize((padded.size() + 8 + 63) / 64 * 64 - 8, '\0');
  const std::uint64_t bits = std::uint64_t{text.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded += static_cast<char>(bits >> shift & 0xFF);
  for (std::size_t at = 0; at < padded.size(); at += 64)
    absorb(state, std::string_view(padded).substr(at, 64));
  std::array<std::uint8_t, 20> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - i % 4 * 8));
  return digest;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<std::uint8_t>(bytes[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += i <= count ? digits[group >> (18 - 6 * i) & 63] : '=';
  }
  return out;
}

}  // namespace mw::http
