// disk_test: the disk's faults as a plug-in sees them, and what a crash leaves behind.
// SPDX-License-Identifier: Apache-2.0
#include "node/test_program.h"

#include <doctest/doctest.h>

namespace mw::sim {

namespace {

file_ptr must_open(sim_world& world, test_node& node, const std::string& path, open_mode mode) {
  std::optional<result<file_ptr>> opened;
  node.program->files().open({path}, mode,
                             [&opened](result<file_ptr> one) { opened = std::move(one); });
  REQUIRE(world.run_until([&opened] { return opened.has_value(); }, 10s));
  REQUIRE(opened->ok());
  return std::move(*opened).value();
}

status append(sim_world& world, file& log, std::string_view text, durability when) {
  std::optional<status> done;
  log.append(slice::copy_of(text), when, [&done](status one) { done = std::move(one); });
  REQUIRE(world.run_until([&done] { return done.has_value(); }, 60s));
  return std::move(*done);
}

status sync_directory(sim_world& world, test_node& node, const std::string& path) {
  std::optional<status> done;
  node.program->files().sync_directory({path}, [&done](status one) { done = std::move(one); });
  REQUIRE(world.run_until([&done] { return done.has_value(); }, 60s));
  return std::move(*done);
}

}  // namespace

TEST_CASE("after a failed sync a file takes no more writes, but a new handle does") {
  sim_world world(1);
  test_node node(world, "n");
  file_ptr log = must_open(world, node, "log", open_mode::append);
  node.node.disk().set({.sync_error_ppm = 1'000'000});
  CHECK(append(world, *log, "x", durability::synced).error().kind() == errc::internal);
  CHECK(world.fired(sim_fault::sync_failed) == 1);
  node.node.disk().set({});
  CHECK(append(world, *log, "y", durability::buffered).error().kind() == errc::internal);
  log = must_open(world, node, "log", open_mode::append);
  CHECK(append(world, *log, "z", durability::synced));
}

TEST_CASE("what tests put on the disk is its owner's until they permit more") {
  sim_world world(1);
  test_node node(world, "n");
  node.node.disk().put("/key", "x");
  CHECK(must_open(world, node, "/key", open_mode::read)->readers() == file_readers::owner);
  REQUIRE(node.node.disk().permit("/key", file_readers::everybody));
  CHECK(must_open(world, node, "/key", open_mode::read)->readers() == file_readers::everybody);
  CHECK(!node.node.disk().permit("/nothing", file_readers::owner));
}

TEST_CASE("appends that wait together share a sync and its failure") {
  sim_world world(1);
  test_node node(world, "n");
  const file_ptr log = must_open(world, node, "log", open_mode::append);
  node.node.disk().set({.sync_error_ppm = 1'000'000});
  std::string outcomes;
  for (int i = 0; i < 3; ++i)
    log->append(slice::copy_of("x"), i == 1 ? durability::buffered : durability::synced,
                [&outcomes](status one) { outcomes += one ? '+' : '-'; });
  REQUIRE(world.run_until([&outcomes] { return outcomes.size() == 3; }, 10s));
  CHECK(outcomes == "---");  // the first one's failed sync makes the file refuse the other two
}

TEST_CASE("a full disk takes nothing of a write and says overloaded") {
  sim_world world(1);
  test_node node(world, sim_node_options{"n", "", 1, {}, {.capacity = {1000}}});
  const file_ptr log = must_open(world, node, "log", open_mode::append);
  CHECK(append(world, *log, std::string(600, 'a'), durability::synced));
  CHECK(append(world, *log, std::string(600, 'b'), durability::synced).error().kind() ==
        errc::overloaded);
  CHECK(log->size() == 600);
  CHECK(world.fired(sim_fault::disk_full) == 1);
  CHECK(append(world, *log, std::string(400, 'c'), durability::synced));
  CHECK(node.node.disk().used().count == 1000);
}

TEST_CASE("reads and writes fail, and slow operations are slow") {
  sim_world world(1);
  test_node node(world, "n");
  const file_ptr log = must_open(world, node, "log", open_mode::append);
  node.node.disk().set({.write_error_ppm = 1'000'000, .read_error_ppm = 1'000'000});
  CHECK(append(world, *log, "x", durability::buffered).error().kind() == errc::internal);
  std::optional<bool> read;
  log->read(0, 1, [&read](result<slice> one) { read = one.ok(); });
  REQUIRE(world.run_until([&read] { return read.has_value(); }, 10s));
  CHECK(!*read);
  CHECK(world.fired(sim_fault::write_failed) == 1);
  CHECK(world.fired(sim_fault::read_failed) == 1);
  node.node.disk().set({.slow_ppm = 1'000'000, .slow = 10s});
  const duration begin = world.now();
  for (int i = 0; i < 5; ++i) CHECK(append(world, *log, "x", durability::buffered));
  CHECK(world.now() - begin > 5s);
  CHECK(world.fired(sim_fault::disk_slow) == 5);
}

TEST_CASE("what was acknowledged after a sync is there after every crash; the rest may be") {
  std::uint64_t lost = 0, torn = 0, names = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    sim_world world(seed);
    test_node node(world, "n");
    file_ptr log = must_open(world, node, "log", open_mode::append);
    REQUIRE(sync_directory(world, node, "."));
    REQUIRE(append(world, *log, std::string(1000, 's'), durability::synced));
    REQUIRE(append(world, *log, std::string(5000, 'b'), durability::buffered));
    log->append(slice::copy_of("on its way"), durability::synced,
                [](status) { FAIL("crashed before"); });
    const file_ptr unnamed = must_open(world, node, "unnamed", open_mode::create);
    world.crash(node.node);
    world.run_for(1s);
    world.restart(node.node);
    log = must_open(world, node, "log", open_mode::read);
    CHECK(log->size() >= 1000);
    CHECK(node.node.disk().content("data/log")->substr(0, 1000) == std::string(1000, 's'));
    lost += world.fired(sim_fault::write_lost);
    torn += world.fired(sim_fault::write_torn);
    names += world.fired(sim_fault::entry_lost);
  }
  CHECK(lost > 0);
  CHECK(torn > 0);
  CHECK(names > 0);
}

TEST_CASE("a killed process loses nothing that was written") {
  sim_world world(1);
  test_node node(world, "n");
  file_ptr log = must_open(world, node, "log", open_mode::append);
  REQUIRE(append(world, *log, "buffered", durability::buffered));
  world.kill(node.node);
  log.reset();
  world.restart(node.node);
  CHECK(*node.node.disk().content("data/log") == "buffered");
}

TEST_CASE("tests can put files on a disk, list them and damage them") {
  sim_world world(1);
  sim_node& node = world.add_node("n");
  node.disk().put("etc/app/key", "AAAA");
  node.disk().put("etc/app/key", "BBBB");
  world.crash(node);
  CHECK(*node.disk().content("/etc/app/key") == "BBBB");
  CHECK(node.disk().files() == std::vector<std::string>{"/etc/app/key"});
  CHECK(node.disk().corrupt("etc/app/key", 1));
  CHECK(*node.disk().content("etc/app/key") == "BCBB");
  CHECK(!node.disk().corrupt("etc/app/key", 4));
  CHECK(node.disk().content("etc").error().kind() == errc::invalid);
}

}  // namespace mw::sim
