// frame_payload: bounded writers, and readers that take any bytes.
// SPDX-License-Identifier: Apache-2.0
#include "frame_payload.h"

#include "frame_flags.h"

#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <string>

namespace mw::wire {
namespace {

constexpr std::size_t text_max = farewell_max - 1;

// The longest beginning of at most text_max bytes that does not cut a character in two.
std::string_view cut(std::string_view text) {
  if (text.size() <= text_max) return text;
  std::size_t end = text_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80) --end;
  return text.substr(0, end);
}

std::string harmless(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const bool control = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7f;
    if (length == 0 || control) {
      out += '?';
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace

void write_u32(std::uint32_t value, std::byte* to) {
  flags::store(value, to);
}

result<std::uint32_t> read_credit(bytes_view payload) {
  if (payload.size() != credit_bytes)
    return {errc::invalid, "a credit frame with " + std::to_string(payload.size()) +
                               " bytes of payload, it has " + std::to_string(credit_bytes)};
  const auto credit = flags::load<std::uint32_t>(payload.data());
  if (credit == 0) return {errc::invalid, "a credit frame that gives no credit"};
  return credit;
}

result<std::uint32_t> read_fragment_size(bytes_view payload, std::size_t limit) {
  if (payload.size() < fragment_size_bytes)
    return {errc::invalid, "a first fragment of " + std::to_string(payload.size()) +
                               " bytes, without the size of its message"};
  const auto whole = flags::load<std::uint32_t>(payload.data());
  if (whole > limit)
    return {errc::invalid, "a message of " + std::to_string(whole) + " bytes, this link takes " +
                               std::to_string(limit) +
                               ": send less, or raise the limit at both "
                               "sides"};
  const std::size_t here = payload.size() - fragment_size_bytes;
  if (whole <= here)
    return {errc::invalid, "a first fragment of " + std::to_string(here) +
                               " bytes of a message of " + std::to_string(whole) +
                               " in all, with more to follow"};
  return whole;
}

status check_ping(bytes_view payload) {
  if (payload.size() <= ping_max) return {};
  return {errc::invalid, "a ping or pong with " + std::to_string(payload.size()) +
                             " bytes, it has at most " + std::to_string(ping_max)};
}

std::size_t write_farewell(const failure& why, std::span<std::byte, farewell_max> to) {
  to[0] = static_cast<std::byte>(why.code());
  const bytes_view text = as_bytes(cut(why.text()));
  std::copy(text.begin(), text.end(), to.begin() + 1);
  return 1 + text.size();
}

failure read_farewell(bytes_view payload) {
  if (payload.empty()) return {errc::internal, "the peer gave no reason"};
  const std::string_view text = cut(as_text(payload.subspan(1)));
  return failure::from_wire(std::to_integer<std::uint8_t>(payload[0]),
                            text.empty() ? "the peer gave no reason" : harmless(text));
}

}  // namespace mw::wire
