// address: IP addresses and networks as numbers; an IPv4 address in IPv6 clothes is IPv4.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::firewall {

// 128 bits, big-endian; IPv4 has the form ::ffff:a.b.c.d, so that nobody can come twice.
struct ip_address {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  [[nodiscard]] constexpr bool is_v4() const { return high == 0 && low >> 32 == 0xffff; }
  // 0 is the first bit.
  [[nodiscard]] constexpr unsigned bit(unsigned index) const {
    return static_cast<unsigned>((index < 64 ? high >> (63 - index) : low >> (127 - index)) & 1);
  }
  friend constexpr auto operator<=>(const ip_address&, const ip_address&) = default;
};

// A network: the first `length` of the 128 bits count, all others are zero. 10.0.0.0/8 has length
// 104. What is shorter than 96 holds no IPv4 address: ::/0 is all of IPv6 and nothing of IPv4.
struct network {
  ip_address base;
  std::uint8_t length = 128;

  [[nodiscard]] bool holds(const ip_address& one) const;
  friend constexpr auto operator<=>(const network&, const network&) = default;
};

// The network of `length` bits around an address; more than 128 are 128.
[[nodiscard]] network network_of(const ip_address& one, unsigned length);

// "192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7" (which is IPv4), "fe80::1%eth0" (the zone does not
// matter). `invalid` with a sentence.
[[nodiscard]] result<ip_address> parse_address(std::string_view text);
// The same with "/length"; without it the one address. `invalid` also when bits beyond the length
// are set, because then one of the two is a slip.
[[nodiscard]] result<network> parse_network(std::string_view text);

[[nodiscard]] std::string to_string(const ip_address& one);
[[nodiscard]] std::string to_string(const network& one);

// Text from outside in a message to people: printable, quoted, at most 64 bytes of it.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace mw::firewall
