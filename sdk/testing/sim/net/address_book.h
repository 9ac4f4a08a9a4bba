// address_book: which node answers at which address, and which ports are taken.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mw::sim {

// An interned address with a port: where one socket of the world is found.
using place_key = std::uint64_t;  // address number in the upper bits, port in the lower 16

enum class address_kind : std::uint8_t {
  invalid,
  plain,
  loopback,
  wildcard,
  multicast,
  broadcast,
  local
};

class address_book {
 public:
  // `own_loopback`: 127.0.0.1 on this node is another name for its address, and private to it.
  void add_node(std::string_view address, bool own_loopback);
  [[nodiscard]] const std::string& own_address(std::size_t node) const;

  // All places at which a socket of `node` bound to `at` is found; the first one is how others see
  // it. The port may be zero. Fails with `invalid` for what is not an address of the node.
  result<std::vector<place_key>> places(std::size_t node, const endpoint& at);
  // Where `node` has to look for `to`; `invalid` for what is not a numeric address.
  result<place_key> target(std::size_t node, const endpoint& to);
  // From where the target sees packets of `node` that leave from `port`.
  place_key source(std::size_t node, std::uint16_t port, place_key target);

  [[nodiscard]] address_kind kind(place_key place) const { return info(place).kind; }
  // The node that owns the address of `place`; none for shared loopback and unknown addresses.
  [[nodiscard]] std::optional<std::size_t> owner(place_key place) const {
    return info(place).owner;
  }
  [[nodiscard]] endpoint to_endpoint(place_key place) const;

  // A port that is free for every one of `places`, which come with port zero.
  template <class Taken>
  std::uint16_t free_port(const std::vector<place_key>& places, Taken taken) {
    for (;;) {
      const std::uint16_t port = next_port();
      bool free = true;
      for (const place_key one : places) free = free && !taken(one | port);
      if (free) return port;
    }
  }
  std::uint16_t next_port() {
    return last_port_ = last_port_ == 65'535 ? first_port : last_port_ + 1;
  }

 private:
  static constexpr std::uint16_t first_port = 49'152;

  struct address_info {
    std::string text;
    address_kind kind = address_kind::plain;
    std::optional<std::size_t> owner;
  };
  struct node_addresses {
    std::uint32_t own;
    bool own_loopback;
  };

  [[nodiscard]] const address_info& info(place_key place) const { return addresses_[place >> 16]; }
  std::uint32_t intern(std::string_view host);
  std::uint32_t intern_as(std::string_view raw, address_kind kind, std::string text);
  std::uint32_t resolve(std::size_t node, const endpoint& at);

  // By text as it was written; only looked up.
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<address_info> addresses_{{"", address_kind::invalid, std::nullopt}};
  std::vector<node_addresses> nodes_;
  std::uint16_t last_port_ = first_port - 1;
};

}  // namespace mw::sim
