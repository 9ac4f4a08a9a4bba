// prefix_trie: a path-compressed binary trie in one vector.
// SPDX-License-Identifier: Apache-2.0
#include "networks/prefix_trie.h"

#include <algorithm>
#include <bit>

namespace mw::firewall {
namespace {

unsigned common_bits(const ip_address& a, const ip_address& b) {
  const std::uint64_t high = a.high ^ b.high;
  if (high != 0) return static_cast<unsigned>(std::countl_zero(high));
  return 64 + static_cast<unsigned>(std::countl_zero(a.low ^ b.low));
}

bool is_v4(const network& at) {
  return at.base.is_v4() && at.length >= 96;
}

}  // namespace

std::uint32_t prefix_trie::make(const network& at, std::optional<value_type> value) {
  nodes_.push_back({at, value});
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void prefix_trie::set(const network& at, value_type value) {
  std::uint32_t parent = none;
  std::size_t side = is_v4(at) ? 1 : 0;
  const auto link = [&](std::uint32_t to) {
    (parent == none ? roots_[side] : nodes_[parent].child[side]) = to;
  };
  while (true) {
    const std::uint32_t here = parent == none ? roots_[side] : nodes_[parent].child[side];
    if (here == none) {
      ++size_;
      return link(make(at, value));
    }
    const network there = nodes_[here].at;
    const unsigned shared =
        std::min({common_bits(at.base, there.base), unsigned{at.length}, unsigned{there.length}});
    if (shared == there.length && shared == at.length) {
      if (!nodes_[here].value) ++size_;
      nodes_[here].value = value;
      return;
    }
    if (shared == there.length) {  // below this one
      parent = here;
      side = at.base.bit(shared);
      continue;
    }
    ++size_;
    const bool above = shared == at.length;
    const std::uint32_t fork =
        above ? make(at, value) : make(network_of(at.base, shared), std::nullopt);
    if (!above) {
      const std::uint32_t leaf = make(at, value);
      nodes_[fork].child[at.base.bit(shared)] = leaf;
    }
    nodes_[fork].child[there.base.bit(shared)] = here;
    return link(fork);
  }
}

std::optional<prefix_trie::value_type> prefix_trie::exactly(const network& at) const {
  std::uint32_t here = roots_[is_v4(at) ? 1 : 0];
  while (here != none) {
    const node& one = nodes_[here];
    if (one.at.length > at.length || network_of(at.base, one.at.length) != one.at)
      return std::nullopt;
    if (one.at.length == at.length) return one.value;
    here = one.child[at.base.bit(one.at.length)];
  }
  return std::nullopt;
}

std::optional<prefix_trie::value_type> prefix_trie::find(const ip_address& one) const {
  std::optional<value_type> best;
  std::uint32_t here = roots_[one.is_v4() ? 1 : 0];
  while (here != none) {
    const node& at = nodes_[here];
    if (network_of(one, at.at.length) != at.at) return best;
    if (at.value) best = at.value;
    if (at.at.length == 128) return best;
    here = at.child[one.bit(at.at.length)];
  }
  return best;
}

void prefix_trie::clear() {
  nodes_.clear();
  roots_ = {none, none};
  size_ = 0;
}

}  // namespace mw::firewall
