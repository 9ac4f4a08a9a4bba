// prefix_trie_test: the longest network wins; agrees with a plain search through all of them.
// SPDX-License-Identifier: Apache-2.0
#include "networks/prefix_trie.h"

#include <mw/toolkit/hash.h>

#include <doctest/doctest.h>

#include <map>

namespace mw::firewall {
namespace {

network net(std::string_view text) {
  return parse_network(text).value();
}
ip_address ip(std::string_view text) {
  return parse_address(text).value();
}

std::optional<prefix_trie::value_type> slowly(const std::map<network, prefix_trie::value_type>& all,
                                              const ip_address& one) {
  for (unsigned length = 129; length-- > 0;) {
    if (one.is_v4() && length < 96) break;
    const auto there = all.find(network_of(one, length));
    if (there != all.end() && there->first.holds(one)) return there->second;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("prefix_trie: the longest network that holds the address") {
  prefix_trie trie;
  trie.set(net("0.0.0.0/0"), 0);
  trie.set(net("10.0.0.0/8"), 1);
  trie.set(net("10.1.0.0/16"), 2);
  trie.set(net("10.1.2.3"), 3);
  CHECK(trie.find(ip("11.0.0.1")) == 0);
  CHECK(trie.find(ip("10.2.0.1")) == 1);
  CHECK(trie.find(ip("10.1.2.4")) == 2);
  CHECK(trie.find(ip("10.1.2.3")) == 3);
  CHECK(trie.find(ip("::ffff:10.1.2.3")) == 3);
  CHECK(trie.find(ip("::1")) == std::nullopt);
  CHECK(trie.size() == 4);
  trie.set(net("10.1.2.3"), 4);
  CHECK(trie.size() == 4);
  CHECK(trie.find(ip("10.1.2.3")) == 4);
  CHECK(trie.exactly(net("10.1.0.0/16")) == 2);
  CHECK(trie.exactly(net("10.1.0.0/17")) == std::nullopt);
}

TEST_CASE("prefix_trie: a fork that becomes a network of its own") {
  prefix_trie trie;
  trie.set(net("10.0.0.0/16"), 1);
  trie.set(net("10.1.0.0/16"), 2);
  CHECK(trie.find(ip("10.2.0.0")) == std::nullopt);
  CHECK(trie.exactly(net("10.0.0.0/15")) == std::nullopt);
  trie.set(net("10.0.0.0/15"), 3);
  CHECK(trie.size() == 3);
  CHECK(trie.exactly(net("10.0.0.0/15")) == 3);
  CHECK(trie.find(ip("10.1.2.3")) == 2);
}

TEST_CASE("prefix_trie: ten thousand networks, as a plain search finds them") {
  prefix_trie trie;
  std::map<network, prefix_trie::value_type> all;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t r = hash_bits(i + 1);
    const bool v4 = i % 2 == 0;
    // Few different bits, so that networks nest and meet.
    const ip_address base = v4 ? ip_address{0, std::uint64_t{0xffff} << 32 | (r & 0x0f0f0f0f)}
                               : ip_address{0x20010db8'00000000 | (r & 0xff), r >> 32 << 60};
    const unsigned length =
        v4 ? 96 + static_cast<unsigned>(r >> 40) % 33 : 33 + static_cast<unsigned>(r >> 40) % 96;
    const network at = network_of(base, length);
    all[at] = static_cast<prefix_trie::value_type>(i);
    trie.set(at, static_cast<prefix_trie::value_type>(i));
  }
  CHECK(trie.size() == all.size());
  CHECK(all.size() > 1000);
  for (const auto& [at, value] : all) REQUIRE(trie.exactly(at) == value);
  int hits = 0;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t r = hash_bits(i + 1'000'000);
    const ip_address one = i % 2 == 0
                               ? ip_address{0, std::uint64_t{0xffff} << 32 | (r & 0x0f0f0f1f)}
                               : ip_address{0x20010db8'00000000 | (r & 0x1ff), r >> 32 << 60};
    const auto found = trie.find(one);
    REQUIRE(found == slowly(all, one));
    hits += found ? 1 : 0;
  }
  CHECK(hits > 1000);
}

}  // namespace mw::firewall
