// writer: see writer.h. Names are looked up linearly: packets have few.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/writer.h"

#include "common/dns/reader.h"

#include <algorithm>
#include <optional>

namespace mw::dns {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::size_t pointer_to_max = 0x3fff;

name name_at(const std::string& packet, std::size_t at) {
  return reader(as_bytes(packet), at, packet.size()).read_name();
}

}  // namespace

writer::writer(dialect how, std::size_t size_max)
    : how_(how), size_max_(size_max), out_(header_size, '\0') {}

void writer::number(std::uint32_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out_ += static_cast<char>(value >> (8 * i) & 0xffU);
}

void writer::write(const name& one, bool compress) {
  for (name rest = one;; rest = rest.parent()) {
    if (rest.is_root()) return number(0, 1);
    const auto known = std::find_if(names_.begin(), names_.end(), [&](std::uint16_t at) {
      return compress && name_at(out_, at) == rest;
    });
    if (known != names_.end()) return number(0xc000U | *known, 2);
    if (out_.size() <= pointer_to_max) names_.push_back(static_cast<std::uint16_t>(out_.size()));
    number(static_cast<std::uint32_t>(rest.first().size()), 1);
    out_ += rest.first();
  }
}

bool writer::count(std::size_t which, std::size_t before) {
  if (out_.size() <= size_max_ && counts_[which] < 0xffff) {
    ++counts_[which];
    return true;
  }
  out_.resize(before);
  std::erase_if(names_, [before](std::uint16_t at) { return at >= before; });
  return false;
}

bool writer::add(const question& one) {
  const std::size_t before = out_.size();
  write(one.about, true);
  number(static_cast<std::uint16_t>(one.what), 2);
  number(one.in | (how_ == dialect::multicast && one.unicast ? 0x8000U : 0U), 2);
  return count(0, before);
}

void writer::content(const record& one) {
  if (const auto* raw = std::get_if<unparsed>(&one.content)) {
    out_ += raw->bytes;
  } else if (const auto* at = std::get_if<address>(&one.content)) {
    out_.append(at->bytes.begin(), at->bytes.begin() + at->size);
  } else if (const auto* other = std::get_if<name>(&one.content)) {
    write(*other, true);
  } else if (const auto* where = std::get_if<service>(&one.content)) {
    number(where->priority, 2);
    number(where->weight, 2);
    number(where->port, 2);
    write(where->target, how_ == dialect::multicast);  // RFC 2782 forbids it, RFC 6762 wants it
  } else if (const auto* zone = std::get_if<authority>(&one.content)) {
    write(zone->primary, true);
    write(name(), true);
    for (int unused = 0; unused < 4; ++unused) number(0, 4);
    number(zone->minimum, 4);
  } else if (const auto* lines = std::get_if<texts>(&one.content)) {
    if (lines->strings.empty()) number(0, 1);  // RFC 6763: a TXT is never without a string
    for (const std::string& line : lines->strings) {
      number(static_cast<std::uint32_t>(std::min<std::size_t>(line.size(), 255)), 1);
      out_.append(line, 0, 255);
    }
  } else if (const auto* has = std::get_if<existing>(&one.content)) {
    write(has->next, how_ == dialect::multicast);
    std::string bits;
    for (const type each : has->types) {
      const auto bit = static_cast<std::size_t>(each);
      if (bit > 255) continue;
      bits.resize(std::max(bits.size(), bit / 8 + 1));
      bits[bit / 8] =
          static_cast<char>(static_cast<std::uint8_t>(bits[bit / 8]) | 0x80U >> bit % 8);
    }
    if (bits.empty()) return;
    number(0, 1);
    number(static_cast<std::uint32_t>(bits.size()), 1);
    out_ += bits;
  }
}

bool writer::add(const record& one) {
  const std::size_t before = out_.size();
  write(one.about, true);
  number(static_cast<std::uint16_t>(one.what), 2);
  number(one.in | (how_ == dialect::multicast && one.flush ? 0x8000U : 0U), 2);
  number(one.ttl, 4);
  const std::size_t length_at = out_.size();
  number(0, 2);
  content(one);
  const std::size_t size = out_.size() - length_at - 2;
  if (size > 0xffff) out_.resize(std::max(out_.size(), size_max_ + 1));  // whatever the limit is
  out_[length_at] = static_cast<char>(size >> 8U);
  out_[length_at + 1] = static_cast<char>(size & 0xffU);
  return count(1 + static_cast<std::size_t>(one.where), before);
}

bool writer::add_edns(std::uint16_t answer_max) {
  const std::size_t before = out_.size();
  number(0, 1);
  number(static_cast<std::uint16_t>(type::opt), 2);
  number(answer_max, 2);
  number(0, 4);
  number(0, 2);
  return count(3, before);
}

std::string writer::finish(const message& head) {
  const std::uint32_t flags =
      (head.response ? 0x8000U : 0U) | (head.operation & 0x0fU) << 11U |
      (head.authoritative ? 0x0400U : 0U) | (head.truncated ? 0x0200U : 0U) |
      (head.wants_recursion ? 0x0100U : 0U) | (static_cast<std::uint32_t>(head.outcome) & 0x0fU);
  const auto put = [this](std::size_t at, std::uint32_t value) {
    out_[at] = static_cast<char>(value >> 8U & 0xffU);
    out_[at + 1] = static_cast<char>(value & 0xffU);
  };
  put(0, head.id);
  put(2, flags);
  for (std::size_t i = 0; i < counts_.size(); ++i) put(4 + 2 * i, counts_[i]);
  return out_;
}

}  // namespace mw::dns
