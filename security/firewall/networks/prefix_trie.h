// prefix_trie: the most specific network that holds an address, among many.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "networks/address.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace mw::firewall {

// A radix tree with skipped levels: at most two nodes a network, 40 bytes each, at most 128 steps a
// question, no allocation then.
class prefix_trie {
 public:
  using value_type = std::uint8_t;

  // Adds or replaces.
  void set(const network& at, value_type value);
  [[nodiscard]] std::optional<value_type> exactly(const network& at) const;
  // What the longest network around `one` says.
  [[nodiscard]] std::optional<value_type> find(const ip_address& one) const;

  [[nodiscard]] std::size_t size() const { return size_; }
  void clear();

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct node {
    network at;
    std::optional<value_type> value;
    std::array<std::uint32_t, 2> child{none, none};
  };

  [[nodiscard]] std::uint32_t make(const network& at, std::optional<value_type> value);

  std::vector<node> nodes_;
  std::array<std::uint32_t, 2> roots_{none, none};  // of IPv6 and IPv4
  std::size_t size_ = 0;
};

}  // namespace mw::firewall
