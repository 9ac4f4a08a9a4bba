// message: what a DNS packet says, read with bounds; the same for servers and for multicast.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/name.h"

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mw::dns {

// Numbers of record types; others are kept as they are.
enum class type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  txt = 16,
  aaaa = 28,
  srv = 33,
  opt = 41,
  nsec = 47,
  any = 255,
};
inline constexpr std::uint16_t class_in = 1;
inline constexpr std::uint16_t class_any = 255;

enum class code : std::uint8_t {
  fine = 0,
  form_error = 1,
  server_failure = 2,
  no_such_name = 3,
  not_implemented = 4,
  refused = 5,
};

// IPv4 or IPv6.
struct address {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t size = 0;  // 4 or 16
  friend auto operator<=>(const address&, const address&) = default;
};
// Numeric, as endpoints want it; and back, empty `size` when the text is no address.
[[nodiscard]] std::string to_string(const address& value);
[[nodiscard]] address parse_address(std::string_view text);

struct service {
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  std::uint16_t port = 0;
  name target;
  friend bool operator==(const service&, const service&) = default;
};
struct authority {
  name primary;
  std::uint32_t minimum = 0;  // seconds that "no such name" may be kept
  friend bool operator==(const authority&, const authority&) = default;
};
// The strings of a TXT record, each "key=value" or "key".
struct texts {
  std::vector<std::string> strings;
  friend bool operator==(const texts&, const texts&) = default;
};
// NSEC in its multicast form: which types the name has; only those below 256.
struct existing {
  name next;
  std::vector<type> types;
  friend bool operator==(const existing&, const existing&) = default;
};
struct unparsed {
  std::string bytes;
  friend bool operator==(const unparsed&, const unparsed&) = default;
};
// name: CNAME, PTR, NS.
using data = std::variant<unparsed, address, name, service, authority, texts, existing>;

struct question {
  name about;
  type what = type::a;
  std::uint16_t in = class_in;
  bool unicast = false;  // multicast only: the answer may come to the asker alone
};

enum class section : std::uint8_t { answer, authority, additional };

struct record {
  name about;
  type what = type::a;
  std::uint16_t in = class_in;
  bool flush = false;     // multicast only: the others of this name and type are void
  std::uint32_t ttl = 0;  // seconds
  section where = section::answer;
  data content;
};

struct message {
  std::uint16_t id = 0;
  bool response = false;
  bool authoritative = false;
  bool truncated = false;
  bool wants_recursion = false;
  std::uint8_t operation = 0;
  code outcome = code::fine;
  std::vector<question> questions;
  std::vector<record> records;
  std::uint32_t skipped = 0;  // records that make no sense by themselves, such as an A of 3 bytes
};

struct limits {
  std::size_t questions = 32;
  std::size_t records = 512;
};

// Bit 15 of a class is the unicast or the flush bit in multicast, and part of the class otherwise.
enum class dialect : std::uint8_t { unicast, multicast };

// `invalid`: the packet is broken as a whole: cut, a pointer that does not lead back, more entries
// than `bounds`. Memory taken is bounded by the packet's own size, never by what it claims.
[[nodiscard]] result<message> read_message(bytes_view packet, dialect how, const limits& bounds);

}  // namespace mw::dns
