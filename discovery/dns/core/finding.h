// finding: what answers say about one thing that is looked for: addresses, ports, and how long.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/message.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mw::dns {

enum class family : std::uint8_t { both, ipv4, ipv6 };
constexpr std::array<std::string_view, 3> option_names(family) {
  return {"both", "ipv4", "ipv6"};
}

// One place to dial.
struct place {
  address at;
  std::uint16_t port = 0;
  std::uint16_t priority = 0;
  std::uint16_t weight = 0;
  friend auto operator<=>(const place&, const place&) = default;
};

// What one answer gives for one name. `ttl` is the least of all records used, in seconds.
struct addresses {
  std::vector<address> all;
  std::uint32_t ttl = 0;
  name canonical;  // where aliases led
};
struct services {
  std::vector<service> all;
  std::uint32_t ttl = 0;
  bool none = false;  // the target "." says: decidedly not offered here
};

// Follows aliases inside the answer, at most 8.
[[nodiscard]] addresses addresses_in(const message& from, const name& about, type what);
[[nodiscard]] services services_in(const message& from, const name& about);
// Seconds that a negative answer may be kept (RFC 2308): zero when it does not say so, and then it
// must not be kept.
[[nodiscard]] std::uint32_t negative_ttl(const message& from, const name& about);

}  // namespace mw::dns
