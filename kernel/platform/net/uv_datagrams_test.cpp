// uv_datagrams_test: what only real sockets show: batches, multicast, address families.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/datagrams.h"
#include "platform/platform_counters.h"
#include "platform/uv_fixture.h"

namespace mw::kernel {

namespace {

using conformance::open_socket;
using conformance::test_plugin;

}  // namespace

TEST_CASE("many packets of a turn arrive whole and in order on the loopback") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  std::vector<std::string> received;
  const datagram_ptr target = open_socket(fixture, plugin, [&received](const datagram& packet) {
    received.emplace_back(as_text(packet.bytes));
  });
  const datagram_ptr source = open_socket(fixture, plugin, [](const datagram&) {});
  // More than one batch of either system call, less than a default socket buffer.
  for (int i = 0; i < 100; ++i)
    CHECK(source->send(target->local(), as_bytes("packet " + std::to_string(i))).ok());
  REQUIRE(fixture.run_until([&received] { return received.size() == 100; }));
  for (std::size_t i = 0; i < 100; ++i) CHECK(received[i] == "packet " + std::to_string(i));
  CHECK(fixture.world().counters().datagrams_dropped.load() == 0);
}

TEST_CASE("the largest packet passes") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  std::string received;
  const datagram_ptr socket = open_socket(
      fixture, plugin, [&received](const datagram& packet) { received = as_text(packet.bytes); });
  const std::string largest = conformance::pattern(65'507);
  REQUIRE(socket->send(socket->local(), as_bytes(largest)).ok());
  REQUIRE(fixture.run_until([&received] { return !received.empty(); }));
  CHECK(received == largest);
}

TEST_CASE("a packet that the system refuses is dropped, those behind it are sent") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  int received = 0;
  const datagram_ptr socket =
      open_socket(fixture, plugin, [&received](const datagram&) { ++received; });
  // Without the broadcast option the system refuses this address.
  REQUIRE(socket->send({"255.255.255.255", 9, false}, as_bytes("refused")).ok());
  REQUIRE(socket->send(socket->local(), as_bytes("passes")).ok());
  REQUIRE(fixture.run_until([&received] { return received == 1; }));
  CHECK(fixture.world().counters().datagrams_dropped.load() == 1);
}

TEST_CASE("addresses of another family and unix paths are refused") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const datagram_ptr socket = open_socket(fixture, plugin, [](const datagram&) {});
  CHECK(socket->send({"::1", 9, false}, as_bytes("x")).error().kind() == errc::invalid);
  CHECK(socket->send({"127.0.0.1", 0, false}, as_bytes("x")).error().kind() == errc::invalid);
  const auto local =
      plugin.services->datagrams().open({"/tmp/x", 0, true}, {}, [](const datagram&) {});
  REQUIRE(!local.ok());
  CHECK(local.error().kind() == errc::unsupported);
  const auto taken = plugin.services->datagrams().open(socket->local(), {}, [](const datagram&) {});
  REQUIRE(!taken.ok());
  CHECK(taken.error().kind() == errc::denied);
}

TEST_CASE("multicast reaches those who joined") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const datagram_options options{.share_port = true, .multicast_loop = true};
  std::string received;
  std::string sender;
  auto opened = plugin.services->datagrams().open({"0.0.0.0", 0, false}, options,
                                                  [&](const datagram& packet) {
                                                    received = as_text(packet.bytes);
                                                    sender = packet.from.host;
                                                  });
  REQUIRE(opened.ok());
  const datagram_ptr socket = std::move(opened).value();
  const std::string group = "239.255.77.1";
  CHECK(socket->join("127.0.0.1", "127.0.0.1").error().kind() == errc::invalid);
  CHECK(socket->join(group, "203.0.113.1").error().kind() == errc::invalid);
  CHECK(socket->leave(group, "127.0.0.1").error().kind() == errc::invalid);  // not joined yet
  REQUIRE(socket->join(group, "127.0.0.1").ok());
  REQUIRE(socket->send({group, socket->local().port, false}, as_bytes("to all")).ok());
  REQUIRE(fixture.run_until([&received] { return received == "to all"; }));
  CHECK(sender == "127.0.0.1");
  CHECK(socket->leave(group, "127.0.0.1").ok());
}

TEST_CASE("a socket that is bound to a group hears that group alone, and may share the port") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const datagram_options options{.share_port = true, .multicast_loop = true};
  const auto open = [&](const endpoint& at, std::vector<std::string>& heard) {
    auto opened = plugin.services->datagrams().open(at, options, [&heard](const datagram& packet) {
      heard.emplace_back(as_text(packet.bytes));
    });
    REQUIRE(opened.ok());
    return std::move(opened).value();
  };
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::vector<std::string> idle;
  const std::string group = "239.255.77.2";
  const datagram_ptr one = open({group, 0, false}, first);
  const std::uint16_t port = one->local().port;
  const datagram_ptr two = open({group, port, false}, second);
  const datagram_ptr other = open({"0.0.0.0", port, false}, idle);  // has joined nothing
  REQUIRE(one->join(group, "127.0.0.1").ok());
  REQUIRE(two->join(group, "127.0.0.1").ok());
  REQUIRE(two->send({group, port, false}, as_bytes("to all")).ok());
  REQUIRE(two->send({"127.0.0.1", port, false}, as_bytes("to one")).ok());
  REQUIRE(fixture.run_until([&] { return !first.empty() && !second.empty() && !idle.empty(); }));
  CHECK(first == std::vector<std::string>{"to all"});
  CHECK(second == std::vector<std::string>{"to all"});
  CHECK(idle == std::vector<std::string>{"to one"});
}

}  // namespace mw::kernel
