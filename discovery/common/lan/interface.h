// interface: an address of this node with the size of its network, and what may be said there.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/message.h"

#include <mw/result.h>
#include <mw/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::lan {

// "192.168.1.5/24", "127.0.0.1" or "fe80::1%eth0". It stands for the network interface that has
// this address.
struct interface {
  dns::address at;
  std::uint8_t prefix = 0;  // bits of the network; zero: not known
  std::string scope;        // what follows %, of an IPv6 address

  [[nodiscard]] std::string host() const;  // as sockets want it
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_v6() const { return at.size == 16; }
};

// `invalid` with an example. Loopback addresses get their prefix by themselves.
[[nodiscard]] result<interface> parse_interface(std::string_view text);

// The address behind a host text such as "10.0.0.1" or "fe80::1%eth0"; size zero when it is none.
[[nodiscard]] dns::address address_of(std::string_view host);

[[nodiscard]] bool is_loopback(const dns::address& at);
[[nodiscard]] bool is_link_local(const dns::address& at);
// False: the sender is not in the network of the interface. Where its size is not known all are.
[[nodiscard]] bool on_link(const interface& where, const dns::address& from);
// The address that reaches all of an IPv4 network; size zero when its size is not known.
[[nodiscard]] dns::address broadcast_of(const interface& where);

// What others on this interface are told as this node's address: `at` itself, or the interface's
// own address when `at` means all of them. Nothing: a loopback address must not leave the machine.
[[nodiscard]] std::optional<endpoint> told_on(const interface& where, const endpoint& at);

// An address for self_description: `invalid` when others cannot reach it.
[[nodiscard]] result<endpoint> reachable(const std::string& address);

}  // namespace mw::lan
