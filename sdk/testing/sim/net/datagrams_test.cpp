// datagrams_test: each fault of packets, groups and broadcasts.
// SPDX-License-Identifier: Apache-2.0
#include "node/test_program.h"

#include <doctest/doctest.h>

namespace mw::sim {

namespace {

// Three nodes with a socket each on port 5353 of all addresses.
struct three_sockets {
  explicit three_sockets(const sim_link& link, datagram_options options = {}) {
    world.network().set_links(link);
    options.share_port = true;
    for (std::size_t i = 0; i < 3; ++i) {
      nodes.push_back(std::make_unique<test_node>(world, "n" + std::to_string(i)));
      auto opened = nodes[i]->program->datagrams().open(
          {"0.0.0.0", 5353, false}, options, [this, i](const datagram& packet) {
            heard[i].emplace_back(as_text(packet.bytes));
            from[i] = packet.from;
          });
      REQUIRE(opened.ok());
      sockets.push_back(std::move(opened).value());
    }
  }
  status send(std::size_t source, const std::string& host, const std::string& text) {
    return sockets[source]->send({host, 5353, false}, as_bytes(text));
  }
  // Sends `count` numbered packets from 0 to 1.
  void send_many(int count) {
    for (int i = 0; i < count; ++i) {
      REQUIRE(send(0, nodes[1]->node.address(), "packet " + std::to_string(10'000 + i)));
      world.run_for(100us);
    }
    world.run_for(10s);
  }

  sim_world world{11};
  std::vector<std::unique_ptr<test_node>> nodes;
  std::vector<datagram_ptr> sockets;
  std::vector<std::string> heard[3];
  endpoint from[3];
};

constexpr sim_link steady{.jitter = 0us, .tail_ppm = 0};

}  // namespace

TEST_CASE("a good link loses nothing and keeps the order") {
  three_sockets three(steady);
  three.send_many(500);
  CHECK(three.heard[1].size() == 500);
  CHECK(std::is_sorted(three.heard[1].begin(), three.heard[1].end()));
  CHECK(three.from[1] == endpoint{three.nodes[0]->node.address(), 5353, false});
  CHECK(three.heard[2].empty());
}

TEST_CASE("packets are lost") {
  sim_link link = steady;
  link.loss_ppm = 300'000;
  three_sockets three(link);
  three.send_many(500);
  CHECK(three.heard[1].size() > 300);
  CHECK(three.heard[1].size() + three.world.fired(sim_fault::packet_lost) == 500);
}

TEST_CASE("packets are doubled") {
  sim_link link = steady;
  link.duplicate_ppm = 300'000;
  three_sockets three(link);
  three.send_many(500);
  CHECK(three.heard[1].size() == 500 + three.world.fired(sim_fault::packet_duplicated));
  CHECK(three.world.fired(sim_fault::packet_duplicated) > 50);
}

TEST_CASE("packets overtake each other") {
  sim_link link = steady;
  link.reorder_ppm = 100'000;
  three_sockets three(link);
  three.send_many(500);
  CHECK(three.heard[1].size() == 500);
  CHECK(!std::is_sorted(three.heard[1].begin(), three.heard[1].end()));
  CHECK(three.world.fired(sim_fault::packet_reordered) > 10);
}

TEST_CASE("packets are damaged by one bit") {
  sim_link link = steady;
  link.corrupt_ppm = 1'000'000;
  three_sockets three(link);
  REQUIRE(three.send(0, three.nodes[1]->node.address(), "AAAA"));
  three.world.run_for(1s);
  REQUIRE(three.heard[1].size() == 1);
  int bits = 0;
  for (const char c : three.heard[1].front())
    bits += __builtin_popcount(static_cast<unsigned>(c ^ 'A'));
  CHECK(bits == 1);
  CHECK(three.world.fired(sim_fault::packet_corrupted) == 1);
}

TEST_CASE("packets above the path's size vanish") {
  sim_link link = steady;
  link.mtu = 1400;
  three_sockets three(link);
  REQUIRE(three.send(0, three.nodes[1]->node.address(), std::string(1401, 'x')));
  REQUIRE(three.send(0, three.nodes[1]->node.address(), std::string(1400, 'x')));
  three.world.run_for(1s);
  CHECK(three.heard[1].size() == 1);
  CHECK(three.world.fired(sim_fault::packet_too_large) == 1);
}

TEST_CASE("slow links space packets out") {
  sim_link link = steady;
  link.bytes_per_second = 1000;
  three_sockets three(link);
  for (int i = 0; i < 4; ++i)
    REQUIRE(three.send(0, three.nodes[1]->node.address(), std::string(500, 'x')));
  three.world.run_for(1900ms);
  CHECK(three.heard[1].size() == 3);
  three.world.run_for(200ms);
  CHECK(three.heard[1].size() == 4);
}

TEST_CASE("cuts lose packets, clogs only delay them") {
  three_sockets three(steady);
  const std::uint64_t cut = three.world.network().cut(cut_isolate(3, 1));
  REQUIRE(three.send(0, three.nodes[1]->node.address(), "lost"));
  REQUIRE(three.send(0, three.nodes[2]->node.address(), "other side"));
  three.world.run_for(1s);
  three.world.network().heal(cut);
  three.world.network().clog({0, 1}, 3s);
  REQUIRE(three.send(0, three.nodes[1]->node.address(), "late"));
  three.world.run_for(2s);
  CHECK(three.heard[1].empty());
  three.world.run_for(2s);
  CHECK(three.heard[1] == std::vector<std::string>{"late"});
  CHECK(three.heard[2] == std::vector<std::string>{"other side"});
}

TEST_CASE("multicast reaches the members of a group and nobody else") {
  three_sockets three(steady, {.multicast_loop = true});
  const std::string group = "239.1.2.3";
  REQUIRE(three.sockets[0]->join(group, ""));
  REQUIRE(three.sockets[2]->join(group, three.nodes[2]->node.address()));
  REQUIRE(three.send(0, group, "hello"));
  three.world.run_for(1s);
  CHECK(three.heard[0].size() == 1);  // multicast_loop
  CHECK(three.heard[1].empty());
  CHECK(three.heard[2].size() == 1);
  REQUIRE(three.sockets[2]->leave(group, ""));
  REQUIRE(three.send(1, group, "again"));
  three.world.run_for(1s);
  CHECK(three.heard[2].size() == 1);
  CHECK(three.sockets[2]->leave(group, "").error().kind() == errc::invalid);
  CHECK(three.sockets[2]->join("10.0.0.1", "").error().kind() == errc::invalid);
  CHECK(three.sockets[2]->join(group, "10.0.0.1").error().kind() == errc::invalid);
}

TEST_CASE("a group on the loopback is not the one of the network") {
  three_sockets three(steady, {.multicast_loop = true});
  const std::string group = "239.1.2.3";
  REQUIRE(three.sockets[0]->join(group, "127.0.0.1"));
  REQUIRE(three.sockets[1]->join(group, "127.0.0.1"));
  REQUIRE(three.sockets[2]->join(group, three.nodes[2]->node.address()));
  REQUIRE(three.send(0, group, "hello"));
  three.world.run_for(1s);
  CHECK(three.heard[1].size() == 1);
  CHECK(three.from[1] == endpoint{"127.0.0.1", 5353, false});
  CHECK(three.heard[2].empty());
}

TEST_CASE("multicast stays at home with zero hops and without the loop") {
  three_sockets three(steady, {.multicast_hops = 0});
  for (const auto& one : three.sockets) REQUIRE(one->join("239.1.2.3", ""));
  REQUIRE(three.send(0, "239.1.2.3", "hello"));
  three.world.run_for(1s);
  for (const auto& one : three.heard) CHECK(one.empty());
}

TEST_CASE("broadcast reaches everybody on the port, if it was enabled") {
  three_sockets shy(steady);
  CHECK(shy.send(0, "255.255.255.255", "x").error().kind() == errc::invalid);
  three_sockets three(steady, {.broadcast = true});
  REQUIRE(three.send(0, "255.255.255.255", "all"));
  three.world.run_for(1s);
  for (const auto& one : three.heard) CHECK(one.size() == 1);
}

TEST_CASE("two sockets of a node share a port only when both want to") {
  sim_world world(1);
  test_node node(world, "n");
  const endpoint at{"127.0.0.1", 4000, false};
  auto& service = node.program->datagrams();
  const auto first = service.open(at, {}, [](const datagram&) {});
  REQUIRE(first.ok());
  CHECK(service.open(at, {.share_port = true}, [](const datagram&) {}).error().kind() ==
        errc::denied);
  CHECK(service.open({"/x", 0, true}, {}, [](const datagram&) {}).error().kind() ==
        errc::unsupported);
}

}  // namespace mw::sim
