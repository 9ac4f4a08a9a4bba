// node_life_test: crashes, restarts, pauses and clocks of nodes.
// SPDX-License-Identifier: Apache-2.0
#include "test_program.h"

#include <mw/toolkit/hash.h>

#include <doctest/doctest.h>

#include <array>
#include <set>

namespace mw::sim {

TEST_CASE("each life and each node has its own randomness, which the seed decides") {
  const auto draw = [](std::uint64_t seed) {
    sim_world world(seed);
    test_node a(world, "a");
    test_node b(world, "b");
    std::vector<std::uint64_t> all = {a.program->platform.seed(), b.program->platform.seed()};
    world.restart(a.node);
    all.push_back(a.program->platform.seed());
    std::array<std::byte, 8> key{};
    a.program->platform.secure_bytes(key);
    all.push_back(hash_text(as_text(key)));
    return all;
  };
  CHECK(draw(1) == draw(1));
  const std::vector<std::uint64_t> one = draw(1);
  const std::vector<std::uint64_t> two = draw(2);
  std::set<std::uint64_t> distinct(one.begin(), one.end());
  distinct.insert(two.begin(), two.end());
  CHECK(distinct.size() == 8);
}

TEST_CASE("a crashed node takes no turns and its program is destroyed") {
  sim_world world(1);
  test_node node(world, "n");
  bool rang = false;
  node.program->hooks.alarm(node.program->now() + 1s, [&rang] { rang = true; });
  node.program->platform.lane(0).wake();
  world.run_for(500ms);
  world.crash(node.node);
  CHECK(!node.node.running());
  world.run_for(5s);
  CHECK(!rang);
  CHECK(world.fired(sim_fault::power_loss) == 1);
  world.restart(node.node);
  CHECK(node.node.running());
  CHECK(node.program->now() >= time_point{5500ms});
}

TEST_CASE("a program may end its own node: it finishes the turn first") {
  sim_world world(1);
  test_node node(world, "n");
  bool after_end = false;
  node.program->hooks.alarm({1ms}, [&] {
    world.crash(node.node);
    after_end = node.node.running();
  });
  node.program->platform.lane(0).wake();
  world.run_for(1s);
  CHECK(after_end);
  CHECK(!node.node.running());
}

TEST_CASE("a stopped platform takes no more turns, but the world goes on") {
  sim_world world(1);
  test_node node(world, "n");
  world.run_for(1ms);
  node.program->platform.stop();
  CHECK(!node.node.running());
  const std::uint64_t turns = node.program->hooks.turns;
  node.program->platform.lane(0).wake();
  world.run_for(1s);
  CHECK(node.program->hooks.turns == turns);
}

TEST_CASE("a paused process misses its alarms and catches up when it is resumed") {
  sim_world world(1);
  test_node node(world, "n");
  std::optional<time_point> rang;
  node.program->hooks.alarm({1s}, [&] { rang = node.program->now(); });
  node.program->platform.lane(0).wake();
  world.run_for(100ms);
  world.pause(node.node);
  world.run_for(3s);
  CHECK(!rang);
  world.resume(node.node);
  world.run_for(1ms);
  REQUIRE(rang);
  CHECK(*rang >= time_point{3100ms});
  CHECK(world.fired(sim_fault::process_pause) == 1);
}

TEST_CASE("a suspended machine does not notice that time has passed") {
  sim_world world(1);
  test_node node(world, "n");
  std::optional<duration> rang;
  node.program->hooks.alarm({1s}, [&] { rang = world.now(); });
  node.program->platform.lane(0).wake();
  world.run_for(100ms);
  world.pause(node.node, sim_pause::machine);
  world.run_for(3s);
  world.resume(node.node);
  CHECK(node.program->now() == time_point{100ms});
  world.run_for(2s);
  REQUIRE(rang);
  CHECK(*rang >= 4s);
  CHECK(world.fired(sim_fault::machine_pause) == 1);
}

TEST_CASE("deadlines follow a node's own clock") {
  sim_world world(1);
  test_node node(world, sim_node_options{"n", "", 1, {.offset = 1h, .drift_ppm = 100'000}, {}});
  std::optional<duration> rang;
  node.program->hooks.alarm({1h + 11s}, [&] { rang = world.now(); });
  node.program->platform.lane(0).wake();
  world.run_for(20s);
  REQUIRE(rang);
  CHECK(*rang >= 10s);
  CHECK(*rang < 10s + 10ms);
  world.set_drift(node.node, 0);
  const time_point before = node.program->now();
  world.run_for(5s);
  CHECK(node.program->now() - before == 5s);
  CHECK(world.fired(sim_fault::clock_drift) == 1);
}

TEST_CASE("the wall clock jumps, the monotonic one does not") {
  sim_world world(1);
  test_node node(world, "n");
  const auto& lane = node.program->platform.lane(0);
  const wall_time before = lane.wall_now();
  world.jump_wall_clock(node.node, -1h);
  CHECK(lane.wall_now().since_epoch - before.since_epoch == -1h);
  CHECK(lane.now() == time_point{0s});
  CHECK(world.fired(sim_fault::wall_jump) == 1);
}

TEST_CASE("lanes of one node turn independently and share its clock") {
  sim_world world(1);
  sim_node& node = world.add_node(sim_node_options{"n", "", 3, {}, {}});
  kernel::platform& platform = node.platform();
  REQUIRE(platform.lane_count() == 3);
  kernel::conformance::test_hooks zero(platform.lane(0));
  kernel::conformance::test_hooks two(platform.lane(2));
  world.run_for(1ms);
  const std::uint64_t before = zero.turns;
  platform.lane(2).wake();
  world.run_for(1ms);
  CHECK(zero.turns == before);
  CHECK(two.turns > 0);
  CHECK(platform.lane(0).now() == platform.lane(2).now());
  world.kill(node);
}

TEST_CASE("work runs later, and what a dead plug-in asked for is never told") {
  sim_world world(1);
  test_node node(world, "n");
  bool ran = false;
  std::optional<duration> done;
  const auto work =
      node.program->services->work().submit([&ran] { ran = true; }, [&] { done = world.now(); });
  REQUIRE(work.ok());
  CHECK(!ran);
  world.run_for(1s);
  CHECK(ran);
  REQUIRE(done);
  CHECK(*done > 0s);
}

}  // namespace mw::sim
