// some_pools: pools named a, b, c … in one simulated node, each with a transport of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel_probe.h>
#include <mw/events.h>
#include <mw/sim.h>
#include <mw/testing.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::pool {

// Pool i listens on 127.0.0.1:7401 + i under the node id "n<i + 1>". Nobody knows anybody until
// meet() or introduce().
class some_pools {
 public:
  explicit some_pools(std::size_t count, const std::string& options = "", std::uint64_t seed = 1)
      : some_pools(setup(count, options, seed), count) {}
  some_pools(const test_setup& from, std::size_t count) : node(from) {
    REQUIRE_MESSAGE(node.ready(), node.failed());
    node.in_turn([&] {
      for (std::size_t i = 0; i < count; ++i) {
        channel* const one = node.contract<channel>(name(i));
        REQUIRE(one != nullptr);
        ends.push_back(std::make_unique<channel_probe>(*one));
        one->attach(*ends.back());
      }
    });
  }

  [[nodiscard]] static std::string name(std::size_t i) {
    return std::string(1, static_cast<char>('a' + i));
  }
  [[nodiscard]] static std::string id(std::size_t i) { return "n" + std::to_string(i + 1); }
  [[nodiscard]] static std::string address(std::size_t i) {
    return "127.0.0.1:" + std::to_string(7401 + i);
  }

  // All pools hear that pool `i` exists; they dial it.
  void introduce(std::size_t i, const std::string& as_id = "") {
    node.publish(peer_found{.id = as_id, .address = address(i), .zone = "", .source = "test"});
  }
  bool linked(std::size_t from, std::size_t to) {
    return node.run_until([&] { return ends[from]->up(id(to)); }, 20s);
  }
  channel_probe& at(std::size_t i) { return *ends[i]; }
  // Of all pools; more than one count apart, each under its own name.
  [[nodiscard]] double sum(std::string_view metric, std::string_view label,
                           std::string_view value) const {
    if (ends.size() == 1) return node.metric(metric, {{label, value}});
    double all = 0;
    for (std::size_t i = 0; i < ends.size(); ++i)
      all += node.metric(metric, {{label, value}, {"plugin", name(i)}});
    return all;
  }

  static test_setup setup(std::size_t count, const std::string& options, std::uint64_t seed) {
    std::string yaml =
        "node: { id: n0, cluster: test }\nplugins:\n  codec: { use: transport.msgpack }\n";
    for (std::size_t i = 0; i < count; ++i) {
      yaml += "  link_" + name(i) + ": { use: transport.tcp, listen: \"" + address(i) + "\" }\n";
      yaml += "  " + name(i) + ": { use: transport.pool, id: " + id(i) + ", transport: link_" +
              name(i) + ", codec: codec" + (options.empty() ? "" : ", " + options) + " }\n";
    }
    return {
        .libraries = {MW_PLUGIN_FILE, MW_TCP_FILE, MW_MSGPACK_FILE}, .yaml = yaml, .seed = seed};
  }

  test_node node;
  std::vector<std::unique_ptr<channel_probe>> ends;
};

}  // namespace mw::pool
