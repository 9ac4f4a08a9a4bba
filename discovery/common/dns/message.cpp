// message: reading packets; a record that makes no sense by itself is skipped, not the packet.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/message.h"

#include "common/dns/reader.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace mw::dns {
namespace {

constexpr std::uint16_t top_bit = 0x8000;

std::optional<data> read_address(reader& from, std::size_t size) {
  const std::string_view bytes = from.bytes(size);
  if (from.failed() || from.left() != 0) return std::nullopt;
  address out;
  out.size = static_cast<std::uint8_t>(size);
  std::copy(bytes.begin(), bytes.end(), out.bytes.begin());
  return out;
}

std::optional<data> read_one_name(reader& from) {
  name out = from.read_name();
  if (from.failed() || from.left() != 0) return std::nullopt;
  return out;
}

std::optional<data> read_service(reader& from) {
  service out;
  out.priority = from.u16();
  out.weight = from.u16();
  out.port = from.u16();
  out.target = from.read_name();
  if (from.failed() || from.left() != 0) return std::nullopt;
  return out;
}

std::optional<data> read_authority(reader& from) {
  authority out;
  out.primary = from.read_name();
  (void)from.read_name();
  for (int unused = 0; unused < 4; ++unused) (void)from.u32();
  out.minimum = from.u32();
  if (from.failed() || from.left() != 0) return std::nullopt;
  return out;
}

std::optional<data> read_texts(reader& from) {
  texts out;
  while (from.left() > 0) {
    out.strings.emplace_back(from.bytes(from.u8()));
    if (from.failed()) return std::nullopt;
  }
  if (out.strings.empty()) out.strings.emplace_back();  // RFC 6763: none means one that is empty
  return out;
}

std::optional<data> read_existing(reader& from) {
  existing out;
  out.next = from.read_name();
  while (!from.failed() && from.left() > 0) {
    const std::uint8_t window = from.u8();
    const std::uint8_t size = from.u8();
    if (size == 0 || size > 32) return std::nullopt;
    const std::string_view bits = from.bytes(size);
    for (std::size_t bit = 0; window == 0 && bit < bits.size() * 8; ++bit)
      if ((static_cast<std::uint8_t>(bits[bit / 8]) >> (7 - bit % 8) & 1U) != 0)
        out.types.push_back(static_cast<type>(bit));
  }
  if (from.failed()) return std::nullopt;
  std::sort(out.types.begin(), out.types.end());
  out.types.erase(std::unique(out.types.begin(), out.types.end()), out.types.end());
  return out;
}

std::optional<data> read_data(bytes_view packet, type what, std::size_t at, std::size_t size) {
  reader from(packet, at, at + size);
  switch (what) {
    case type::a:
      return read_address(from, 4);
    case type::aaaa:
      return read_address(from, 16);
    case type::ns:
    case type::cname:
    case type::ptr:
      return read_one_name(from);
    case type::srv:
      return read_service(from);
    case type::soa:
      return read_authority(from);
    case type::txt:
      return read_texts(from);
    case type::nsec:
      return read_existing(from);
    default:
      return unparsed{std::string(from.bytes(size))};
  }
}

std::optional<question> read_question(reader& from, dialect how) {
  question out;
  out.about = from.read_name();
  out.what = static_cast<type>(from.u16());
  out.in = from.u16();
  if (from.failed()) return std::nullopt;
  if (how == dialect::multicast) {
    out.unicast = (out.in & top_bit) != 0;
    out.in &= static_cast<std::uint16_t>(~top_bit);
  }
  return out;
}

// False: the packet is broken. `out.skipped` counts what is only odd.
bool read_record(reader& from, bytes_view packet, dialect how, section where, message& out) {
  record one;
  one.where = where;
  one.about = from.read_name();
  one.what = static_cast<type>(from.u16());
  one.in = from.u16();
  one.ttl = from.u32();
  const std::uint16_t size = from.u16();
  const std::size_t at = from.at();
  (void)from.bytes(size);
  if (from.failed()) return false;
  if (one.what == type::opt) return true;  // its class and time to live mean something else
  if (how == dialect::multicast) {
    one.flush = (one.in & top_bit) != 0;
    one.in &= static_cast<std::uint16_t>(~top_bit);
  }
  if (one.ttl > 0x7fffffffU) one.ttl = 0;  // RFC 2181: the top bit means zero
  auto content = read_data(packet, one.what, at, size);
  if (!content) {
    ++out.skipped;
    return true;
  }
  one.content = std::move(*content);
  out.records.push_back(std::move(one));
  return true;
}

failure broken(const char* why) {
  return {errc::invalid, std::string("not a DNS packet: ") + why};
}

}  // namespace

result<message> read_message(bytes_view packet, dialect how, const limits& bounds) {
  reader from(packet, 0, packet.size());
  message out;
  out.id = from.u16();
  const std::uint16_t flags = from.u16();
  std::array<std::uint16_t, 4> counts{};
  for (std::uint16_t& count : counts) count = from.u16();
  if (from.failed()) return broken("it is shorter than a header");
  out.response = (flags & 0x8000U) != 0;
  out.operation = static_cast<std::uint8_t>(flags >> 11U & 0x0fU);
  out.authoritative = (flags & 0x0400U) != 0;
  out.truncated = (flags & 0x0200U) != 0;
  out.wants_recursion = (flags & 0x0100U) != 0;
  out.outcome = static_cast<code>(flags & 0x0fU);
  const std::size_t records = std::size_t{counts[1]} + counts[2] + counts[3];
  if (counts[0] > bounds.questions) return broken("it asks too much at once");
  if (records > bounds.records) return broken("it has too many records");
  for (std::uint16_t i = 0; i < counts[0]; ++i) {
    auto one = read_question(from, how);
    if (!one) return broken("a question is cut, or its name does not end");
    out.questions.push_back(std::move(*one));
  }
  for (std::size_t part = 0; part < 3; ++part)
    for (std::uint16_t i = 0; i < counts[part + 1]; ++i)
      if (!read_record(from, packet, how, static_cast<section>(part), out))
        return broken("a record is cut, or its name does not end");
  return out;
}

}  // namespace mw::dns
