// streams_test: how streams behave under each fault of the network and of the peer.
// SPDX-License-Identifier: Apache-2.0
#include "node/test_program.h"

#include <doctest/doctest.h>

namespace mw::sim {

namespace {

struct two_nodes {
  explicit two_nodes(std::uint64_t seed, const sim_link& link = {}) : world(seed) {
    world.network().set_links(link);
  }
  sim_world world;
  test_node a{world, "a"};
  test_node b{world, "b"};
};

// Dials from `a` and returns the failure; the test ends when it succeeds.
std::pair<failure, duration> failing_dial(two_nodes& nodes, const endpoint& to, duration deadline) {
  std::optional<failure> why;
  const duration begin = nodes.world.now();
  const dial_ptr dial =
      nodes.a.program->streams().dial(to, {}, deadline, [&why](result<stream_ptr> made) {
        REQUIRE(!made.ok());
        why = made.error();
      });
  REQUIRE(nodes.world.run_until([&why] { return why.has_value(); }, deadline + 1s));
  return {*why, nodes.world.now() - begin};
}

}  // namespace

TEST_CASE("a node without a listener refuses, an address without a node is silent") {
  two_nodes nodes(1);
  const auto [refused, soon] = failing_dial(nodes, {nodes.b.node.address(), 7, false}, 3s);
  CHECK(refused.kind() == errc::disconnected);
  CHECK(soon < 100ms);
  const auto [silent, late] = failing_dial(nodes, {"10.9.9.9", 7, false}, 3s);
  CHECK(silent.kind() == errc::timed_out);
  CHECK(late >= 3s);
}

TEST_CASE("refused and lost dials are faults that fire") {
  sim_link link;
  link.refuse_ppm = 1'000'000;
  two_nodes nodes(1, link);
  const auto listening =
      nodes.b.program->streams().listen({"0.0.0.0", 9, false}, {}, [](stream_ptr) {});
  REQUIRE(listening.ok());
  const endpoint to{nodes.b.node.address(), 9, false};
  CHECK(failing_dial(nodes, to, 2s).first.kind() == errc::disconnected);
  CHECK(nodes.world.fired(sim_fault::dial_refused) == 1);
  link.refuse_ppm = 0;
  link.lose_dial_ppm = 1'000'000;
  nodes.world.network().set_links(link);
  CHECK(failing_dial(nodes, to, 2s).first.kind() == errc::timed_out);
  CHECK(nodes.world.fired(sim_fault::dial_lost) == 1);
}

TEST_CASE("bytes arrive in order through every kind of cut, loss and shortness") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    sim_link link;
    link.loss_ppm = 100'000;
    link.cut_read_ppm = 500'000;
    link.short_write_ppm = 300'000;
    link.window = 1000;
    link.tail_ppm = 200'000;
    two_nodes nodes(seed, link);
    test_link pair(nodes.world, nodes.a, nodes.b, {.send_limit = {3000}});
    const std::string sent = pattern(20'000);
    std::size_t taken = 0;
    const auto feed = [&] {
      while (taken < sent.size()) {
        const std::size_t now = pair.client->write(as_bytes(std::string_view(sent).substr(taken)));
        taken += now;
        if (now == 0) return;
      }
      pair.client->finish();
    };
    pair.at_client.each_writable = feed;
    feed();
    REQUIRE(nodes.world.run_until([&] { return pair.at_server.ended; }, 120s));
    CHECK(pair.at_server.data == sent);
    CHECK(nodes.world.fired(sim_fault::read_cut) > 0);
    CHECK(nodes.world.fired(sim_fault::write_short) > 0);
    CHECK(nodes.world.fired(sim_fault::segment_repeated) > 0);
  }
}

TEST_CASE("a reader that does not read stops the writer, and the window bounds what is under way") {
  sim_link link;
  link.window = 4096;
  two_nodes nodes(3, link);
  test_link pair(nodes.world, nodes.a, nodes.b, {.send_limit = {10'000}});
  pair.server->pause_reading();
  CHECK(pair.client->write(as_bytes(pattern(10'000))) == 10'000);
  nodes.world.run_for(5s);
  CHECK(pair.client->unsent() == 10'000 - 4096);
  pair.server->resume_reading();
  nodes.world.run_for(1s);
  CHECK(pair.client->unsent() == 0);
  CHECK(pair.at_server.data == pattern(10'000));
}

TEST_CASE("bandwidth takes time") {
  sim_link link;
  link.bytes_per_second = 10'000;
  link.tail_ppm = 0;
  two_nodes nodes(3, link);
  test_link pair(nodes.world, nodes.a, nodes.b);
  const duration begin = nodes.world.now();
  (void)pair.client->write(as_bytes(pattern(20'000)));
  REQUIRE(nodes.world.run_until([&] { return pair.at_server.data.size() == 20'000; }, 10s));
  CHECK(nodes.world.now() - begin >= 2s);
}

TEST_CASE("a reset by the network closes both ends") {
  sim_link link;
  two_nodes nodes(5, link);
  test_link pair(nodes.world, nodes.a, nodes.b);
  link.reset_ppm = 1'000'000;
  nodes.world.network().set_links(link);
  (void)pair.client->write(as_bytes("x"));
  REQUIRE(
      nodes.world.run_until([&] { return pair.at_client.closed && pair.at_server.closed; }, 1s));
  CHECK(pair.at_client.closed->kind() == errc::disconnected);
  CHECK(nodes.world.fired(sim_fault::stream_reset) == 1);
}

TEST_CASE("a severed stream is noticed by its writer only when acknowledgements stay away") {
  two_nodes nodes(5);
  test_link pair(nodes.world, nodes.a, nodes.b, {.keep_alive = 0s, .user_timeout = 4s});
  nodes.world.network().sever_streams(0, 1);
  CHECK(nodes.world.fired(sim_fault::stream_severed) == 1);
  const duration begin = nodes.world.now();
  (void)pair.client->write(as_bytes("x"));
  REQUIRE(nodes.world.run_until([&] { return pair.at_client.closed.has_value(); }, 10s));
  CHECK(pair.at_client.closed->kind() == errc::timed_out);
  CHECK(nodes.world.now() - begin >= 4s);
  nodes.world.run_for(60s);
  CHECK(!pair.at_server.closed);  // it never writes and nobody probes for it
}

TEST_CASE("keep-alive finds a peer that vanished without a word") {
  two_nodes nodes(5);
  test_link pair(nodes.world, nodes.a, nodes.b, {.keep_alive = 3s});
  nodes.world.run_for(20s);
  CHECK(!pair.at_client.closed);  // an idle peer that answers is fine
  nodes.world.network().cut(cut_isolate(2, 1));
  REQUIRE(nodes.world.run_until([&] { return pair.at_client.closed.has_value(); }, 20s));
  CHECK(pair.at_client.closed->kind() == errc::timed_out);
}

TEST_CASE("power loss: silence at first, a reset once the machine is back") {
  two_nodes nodes(8);
  test_link pair(nodes.world, nodes.a, nodes.b);
  nodes.world.crash(nodes.b.node);
  (void)pair.client->write(as_bytes("anybody?"));
  nodes.world.run_for(5s);
  CHECK(!pair.at_client.closed);
  nodes.world.restart(nodes.b.node);
  REQUIRE(nodes.world.run_until([&] { return pair.at_client.closed.has_value(); }, 10s));
  CHECK(pair.at_client.closed->kind() == errc::disconnected);
}

TEST_CASE("a killed process leaves an end or a reset, and its port is free for its successor") {
  bool ended = false;
  bool reset = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    two_nodes nodes(seed);
    test_link pair(nodes.world, nodes.a, nodes.b);
    const endpoint at = pair.listening->local();
    nodes.world.kill(nodes.b.node);
    nodes.world.run_for(1s);
    ended = ended || pair.at_client.ended;
    reset = reset || (pair.at_client.closed && !pair.at_client.ended);
    nodes.world.restart(nodes.b.node);
    CHECK(nodes.b.program->streams().listen(at, {}, [](stream_ptr) {}).ok());
  }
  CHECK(ended);
  CHECK(reset);
}

TEST_CASE("a cut holds bytes back, and they arrive after it is healed") {
  two_nodes nodes(9);
  test_link pair(nodes.world, nodes.a, nodes.b);
  const std::uint64_t cut = nodes.world.network().cut(cut_one_way(0, 1));
  (void)pair.client->write(as_bytes("there"));
  (void)pair.server->write(as_bytes("back"));
  nodes.world.run_for(2s);
  CHECK(pair.at_server.data.empty());
  CHECK(pair.at_client.data == "back");  // only one direction is cut
  CHECK(nodes.world.fired(sim_fault::path_cut) > 0);
  nodes.world.network().heal(cut);
  nodes.world.run_for(4s);
  CHECK(pair.at_server.data == "there");
}

TEST_CASE("a clogged path delivers everything afterwards") {
  two_nodes nodes(9);
  test_link pair(nodes.world, nodes.a, nodes.b);
  nodes.world.network().clog({0, 1}, 2s);
  (void)pair.client->write(as_bytes("late"));
  nodes.world.run_for(1900ms);
  CHECK(pair.at_server.data.empty());
  nodes.world.run_for(200ms);
  CHECK(pair.at_server.data == "late");
  CHECK(nodes.world.fired(sim_fault::path_clogged) > 0);
}

TEST_CASE("unix paths connect programs of one node and nobody else") {
  two_nodes nodes(2);
  const endpoint path{"/run/x.sock", 0, true};
  stream_ptr accepted;
  const auto listening = nodes.a.program->streams().listen(
      path, {}, [&accepted](stream_ptr one) { accepted = std::move(one); });
  REQUIRE(listening.ok());
  stream_ptr dialled;
  const dial_ptr dial = nodes.a.program->streams().dial(
      path, {}, 1s, [&dialled](result<stream_ptr> one) { dialled = std::move(one).value(); });
  REQUIRE(nodes.world.run_until([&] { return accepted && dialled; }, 1s));
  CHECK(dialled->remote() == path);
  std::optional<errc> other;
  const dial_ptr stranger = nodes.b.program->streams().dial(
      path, {}, 1s, [&other](result<stream_ptr> one) { other = one.error().kind(); });
  REQUIRE(nodes.world.run_until([&] { return other.has_value(); }, 2s));
  CHECK(*other == errc::disconnected);
}

TEST_CASE("connections are forgotten when both ends are done with them") {
  two_nodes nodes(4);
  {
    test_link pair(nodes.world, nodes.a, nodes.b);
    CHECK(nodes.world.network().open_streams() == 1);
    pair.client->finish();
    pair.server->finish();
    REQUIRE(
        nodes.world.run_until([&] { return pair.at_client.closed && pair.at_server.closed; }, 2s));
  }
  {
    test_link pair(nodes.world, nodes.a, nodes.b);
    pair.client.reset();
    nodes.world.run_for(1s);
    CHECK(pair.at_server.closed);
  }
  nodes.world.run_for(1s);
  CHECK(nodes.world.network().open_streams() == 0);
}

}  // namespace mw::sim
