// datagrams: cases about datagram sockets on a network that loses nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

namespace mw::kernel::conformance {

struct packet_record {
  endpoint from;
  std::string bytes;
};

inline datagram_ptr open_socket(platform_fixture& fixture, test_plugin& plugin,
                                std::function<void(const datagram&)> received,
                                const datagram_options& options = {}) {
  auto opened = plugin.services->datagrams().open(
      fixture.any_port(), options,
      [received = std::move(received)](const datagram& packet) { received(packet); });
  REQUIRE(opened.ok());
  return std::move(opened).value();
}

inline void datagram_round_trip(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  std::vector<packet_record> at_a;
  std::vector<packet_record> at_b;
  const datagram_ptr a = open_socket(fixture, plugin, [&at_a](const datagram& packet) {
    at_a.push_back({packet.from, std::string(as_text(packet.bytes))});
  });
  datagram_ptr b;
  b = open_socket(fixture, plugin, [&at_b, &b](const datagram& packet) {
    at_b.push_back({packet.from, std::string(as_text(packet.bytes))});
    CHECK(b->send(packet.from, packet.bytes).ok());
  });
  const std::string large = pattern(1400);
  CHECK(a->send(b->local(), as_bytes("ping")).ok());
  CHECK(a->send(b->local(), as_bytes(large)).ok());
  CHECK(a->send(b->local(), {}).ok());
  CHECK(at_b.empty());
  REQUIRE(fixture.run_until([&at_a] { return at_a.size() == 3; }));
  std::vector<std::string> echoed;
  for (const packet_record& one : at_a) {
    CHECK(one.from == b->local());
    echoed.push_back(one.bytes);
  }
  CHECK(at_b.front().from == a->local());
  std::sort(echoed.begin(), echoed.end());
  std::vector<std::string> sent = {"", "ping", large};
  std::sort(sent.begin(), sent.end());
  CHECK(echoed == sent);
}

inline void datagram_refusals(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  const datagram_ptr socket =
      open_socket(fixture, plugin, [](const datagram&) {}, {.queue_packets = 4});
  const status large = socket->send(socket->local(), as_bytes(pattern(70'000)));
  REQUIRE(!large.ok());
  CHECK(large.error().kind() == errc::invalid);
  const status nonsense = socket->send({"nonsense", 1, false}, as_bytes("x"));
  REQUIRE(!nonsense.ok());
  CHECK(nonsense.error().kind() == errc::invalid);
  for (int i = 0; i < 4; ++i) CHECK(socket->send(socket->local(), as_bytes("x")).ok());
  const status full = socket->send(socket->local(), as_bytes("x"));
  REQUIRE(!full.ok());
  CHECK(full.error().kind() == errc::overloaded);
  CHECK(run_turns(fixture, 2));
  CHECK(socket->send(socket->local(), as_bytes("x")).ok());  // the queue is empty again
}

inline void datagram_dies_inside_callback(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  int received = 0;
  datagram_ptr socket;
  socket = open_socket(fixture, plugin, [&received, &socket](const datagram&) {
    socket.reset();
    ++received;
  });
  for (int i = 0; i < 3; ++i) CHECK(socket->send(socket->local(), as_bytes("die")).ok());
  REQUIRE(fixture.run_until([&socket] { return !socket; }));
  CHECK(run_turns(fixture, 3));
  CHECK(received == 1);
}

inline std::vector<conformance_case> datagram_cases() {
  return {{"packets travel both ways", datagram_round_trip},
          {"packets that cannot be sent are refused", datagram_refusals},
          {"a socket dies inside its callback", datagram_dies_inside_callback}};
}

}  // namespace mw::kernel::conformance
