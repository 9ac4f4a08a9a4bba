// test_program: the smallest program of a simulated node, and nodes that run it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/conformance/streams.h"

#include <mw/sim.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::sim {

using kernel::conformance::pattern;
using kernel::conformance::stream_recorder;

class test_program final : public sim_program {
 public:
  // Handles of a test may outlive a life of the node, so its ledger belongs to the test.
  test_program(kernel::platform& on, kernel::resource_ledger& ledger)
      : platform(on),
        hooks(on.lane(0)),
        services(on.lane(0).services_for({"node", "test", "data", ledger})) {}

  [[nodiscard]] stream_service& streams() { return services->streams(); }
  [[nodiscard]] datagram_service& datagrams() { return services->datagrams(); }
  [[nodiscard]] file_service& files() { return services->files(); }
  [[nodiscard]] time_point now() const { return platform.lane(0).now(); }

  kernel::platform& platform;
  kernel::conformance::test_hooks hooks;
  std::unique_ptr<kernel::plugin_services> services;
};

// A node whose program is made anew at each boot; `program` is null while it is down.
struct test_node {
  test_node(sim_world& world, const sim_node_options& options) : node(world.add_node(options)) {
    boot([](test_program&) {});
  }
  test_node(sim_world& world, std::string_view name, std::string_view address = {})
      : test_node(world, sim_node_options{std::string(name), std::string(address), 1, {}, {}}) {}
  test_node(const test_node&) = delete;
  test_node& operator=(const test_node&) = delete;

  // `setup` runs at each boot.
  void boot(std::function<void(test_program&)> setup) {
    node.boot([this, setup = std::move(setup)](kernel::platform& on) {
      auto made = std::make_unique<test_program>(on, ledger);
      program = made.get();
      setup(*made);
      return made;
    });
  }

  sim_node& node;
  kernel::resource_ledger ledger;
  test_program* program = nullptr;
};

// A connected stream between two nodes, both ends started.
struct test_link {
  test_link(sim_world& world, test_node& from, test_node& to, const stream_options& options = {}) {
    auto made =
        to.program->streams().listen({"0.0.0.0", 0, false}, options, [this](stream_ptr one) {
          server = std::move(one);
          server->start(at_server);
        });
    REQUIRE(made.ok());
    listening = std::move(made).value();
    dial = from.program->streams().dial({to.node.address(), listening->local().port, false},
                                        options, 5s, [this](result<stream_ptr> one) {
                                          if (!one) return;
                                          client = std::move(one).value();
                                          client->start(at_client);
                                        });
    REQUIRE(world.run_until([this] { return client && server; }, 10s));
  }

  stream_recorder at_client;
  stream_recorder at_server;
  listener_ptr listening;
  dial_ptr dial;
  stream_ptr client;
  stream_ptr server;
};

}  // namespace mw::sim
