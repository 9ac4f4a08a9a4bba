// uv_platform_test: the real platform keeps the promises of all platforms.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/platform_conformance.h"
#include "platform/net/socket_address.h"
#include "platform/platform_counters.h"
#include "uv_fixture.h"

#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <csignal>

namespace mw::kernel {

bool uv_fixture::run_until(const std::function<bool()>& done) {
  lane_platform& lane = platform_.lane(0);
  bool reached = false;
  hooks_.limit = lane.precise_now() + 10s;
  hooks_.each_turn = [this, &lane, &done, &reached] {
    reached = reached || done();
    if (reached || lane.now() >= *hooks_.limit) platform_.stop();
  };
  platform_.run();
  hooks_.each_turn = nullptr;
  hooks_.limit.reset();
  return reached;
}

// A listener whose queue is full: further attempts get no answer.
std::optional<endpoint> uv_fixture::silent_endpoint() {
  if (where_.local || where_.host != "127.0.0.1") return std::nullopt;
  unique_fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = to_address(any_port(), {});
  if (::bind(listening.get(), address->get(), address->size) != 0) return std::nullopt;
  if (::listen(listening.get(), 0) != 0) return std::nullopt;
  const endpoint at = local_endpoint(listening.get());
  const auto target = to_address(at, {});
  silent_.push_back(std::move(listening));
  for (int i = 0; i < 4; ++i) {
    unique_fd one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(one.get(), target->get(), target->size);
    silent_.push_back(std::move(one));
  }
  return at;
}

std::vector<std::string> uv_fixture::command_that(const std::string& what) {
  std::string script = "echo hello; exit 3";
  if (what == "work") script = "sleep 0.05; echo done";
  if (what == "hang") script = "exec sleep 60";
  if (what == "ignore") script = "trap '' TERM; while :; do sleep 1; done";
  if (what == "flood") script = "exec head -c 3000000 /dev/zero";
  if (what == "crash") script = "kill -6 $$";
  return {"/bin/sh", "-c", script};
}

TEST_CASE("the real platform conforms") {
  conformance::check_platform([] { return std::make_unique<uv_fixture>(); });
}

TEST_CASE("streams conform over unix sockets") {
  for (const conformance::conformance_case& one : conformance::stream_cases()) {
    INFO("conformance case: " << one.name);
    uv_fixture fixture(endpoint{"unix", 0, true});
    one.run(fixture);
  }
}

TEST_CASE("streams and datagrams conform over IPv6") {
  const unique_fd probe(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = to_address({"::1", 0, false}, {});
  REQUIRE(address.ok());
  if (::bind(probe.get(), address->get(), address->size) != 0) {
    MESSAGE("this machine has no IPv6: skipped");
    return;
  }
  for (const auto& cases : {conformance::stream_cases(), conformance::datagram_cases()}) {
    for (const conformance::conformance_case& one : cases) {
      INFO("conformance case: " << one.name);
      uv_fixture fixture(endpoint{"::1", 0, false});
      one.run(fixture);
    }
  }
}

TEST_CASE("stop before run ends after one turn") {
  uv_platform platform(2);
  conformance::test_hooks first(platform.lane(0));
  conformance::test_hooks second(platform.lane(1));
  platform.stop();
  platform.run();
  CHECK(first.turns >= 1);
  CHECK(second.turns >= 1);
}

TEST_CASE("a turn that takes longer than the deadline it sets") {
  uv_fixture fixture;
  auto& lane = fixture.world().lane(0);
  int rings = 0;
  std::function<void()> ring = [&] {
    if (++rings == 20) return;
    const time_point next = lane.precise_now() + 1ms;
    fixture.hooks().alarm(next, ring);
    while (lane.precise_now() < next + 2ms) continue;
  };
  fixture.hooks().alarm(lane.precise_now(), ring);
  REQUIRE(fixture.run_until([&rings] { return rings == 20; }));
}

TEST_CASE("wakes from other threads are never lost") {
  duration busy_poll{};
  SUBCASE("by lanes that sleep") {}
  SUBCASE("by lanes that spin") {
    busy_poll = 20us;
  }
  uv_platform platform(2, busy_poll);
  conformance::test_hooks here(platform.lane(0));
  conformance::test_hooks there(platform.lane(1));
  constexpr int rounds = 20'000;
  std::atomic<int> sent{0};
  std::atomic<int> answered{0};
  // Lane 0 asks, lane 1 answers: a lost wake would leave both asleep.
  there.each_turn = [&] {
    if (answered.exchange(sent.load()) != sent.load()) platform.lane(0).wake();
    platform.lane(0).wake();
  };
  here.each_turn = [&] {
    if (answered.load() < sent.load()) return;
    if (sent.load() >= rounds) return platform.stop();
    ++sent;
    platform.lane(1).wake();
  };
  here.limit = platform.lane(0).precise_now() + 20s;
  platform.run();
  CHECK(sent.load() == rounds);
  CHECK(answered.load() == rounds);
  CHECK(platform.lane(0).now() < *here.limit);
}

TEST_CASE("a busy lane looks again before it sleeps, and stops when nothing comes") {
  constexpr duration window = 1ms;
  uv_fixture fixture({"127.0.0.1", 0, false}, window);
  conformance::stream_pair pair(fixture);
  const auto& spun = fixture.world().counters().spin_ns;
  // Two ends that answer each other: the next byte always comes within the window.
  int left = 500;
  pair.at_server.each_data = [&pair] { (void)pair.server->write(as_bytes("x")); };
  pair.at_client.each_data = [&pair, &left] {
    if (--left > 0) (void)pair.client->write(as_bytes("x"));
  };
  pair.start();
  (void)pair.client->write(as_bytes("x"));
  REQUIRE(fixture.run_until([&left] { return left == 0; }));
  CHECK(spun.load() > 0);
  // Nothing comes any more: at most one window, and the turns are not those of the spinning.
  const std::uint64_t before = spun.load();
  const std::uint64_t turns = fixture.hooks().turns;
  REQUIRE(conformance::let_pass(fixture, 30ms));
  CHECK(spun.load() - before <= static_cast<std::uint64_t>(duration(window).count()) * 2);
  CHECK(fixture.hooks().turns - turns < 10);
}

// Two nodes that answer each other's batches would otherwise take turns in sleeping.
TEST_CASE("after a sleep the beginning of what is written leaves before the turn ends") {
  uv_fixture fixture;
  conformance::stream_pair pair(fixture);
  pair.start();
  REQUIRE(conformance::run_turns(fixture, 3));
  auto& lane = fixture.world().lane(0);
  int rings = 0;
  int early = 0;
  std::size_t written = 0;
  const std::string little(600, 'a');
  const std::string more(2000, 'b');
  std::function<void()> ring = [&] {
    written += pair.client->write(as_bytes(little));
    CHECK(pair.client->unsent() == little.size());
    written += pair.client->write(as_bytes(more));
    if (pair.client->unsent() == 0) {
      ++early;
      written += pair.client->write(as_bytes(more));
      CHECK(pair.client->unsent() == more.size());  // once in a turn
    }
    if (++rings < 5) fixture.hooks().alarm(lane.precise_now() + 5ms, ring);
  };
  fixture.hooks().alarm(lane.precise_now() + 5ms, ring);
  REQUIRE(fixture.run_until([&] { return rings == 5 && pair.at_server.data.size() == written; }));
  CHECK(early > 0);
}

TEST_CASE("a lane that is not told to never spins") {
  uv_fixture fixture;
  conformance::stream_pair pair(fixture);
  pair.start();
  (void)pair.client->write(as_bytes("x"));
  REQUIRE(fixture.run_until([&pair] { return !pair.at_server.data.empty(); }));
  REQUIRE(conformance::run_turns(fixture, 3));
  CHECK(fixture.world().counters().spin_ns.load() == 0);
}

TEST_CASE("signals are turns of lane 0") {
  uv_fixture fixture;
  std::string seen;
  fixture.world().on_signal(SIGHUP, [&seen](int number) { seen += number == SIGHUP ? 'a' : '?'; });
  CHECK(conformance::run_turns(fixture, 1));
  REQUIRE(::kill(::getpid(), SIGHUP) == 0);
  REQUIRE(fixture.run_until([&seen] { return seen == "a"; }));
  fixture.world().on_signal(SIGHUP, [&seen](int) { seen += 'b'; });
  REQUIRE(::kill(::getpid(), SIGHUP) == 0);
  REQUIRE(fixture.run_until([&seen] { return seen == "ab"; }));
}

TEST_CASE("handles that a plug-in leaks do not keep the platform open") {
  // Reachable from here, so that a leak checker knows that this is on purpose.
  static stream* leaked_stream = nullptr;
  static listener* leaked_listener = nullptr;
  static file* leaked_file = nullptr;
  resource_ledger ledger;
  uv_fixture fixture;
  {
    conformance::stream_recorder events;
    stream_ptr accepted;
    auto services =
        fixture.world().lane(0).services_for({"node", "leaky", fixture.data_dir(), ledger});
    auto listening = services->streams().listen(
        fixture.any_port(), {}, [&accepted](stream_ptr one) { accepted = std::move(one); });
    REQUIRE(listening.ok());
    leaked_listener = std::move(listening).value().release();
    dial_ptr dial = services->streams().dial(leaked_listener->local(), {}, 5s,
                                             [&events](result<stream_ptr> dialed) {
                                               CHECK(dialed.ok());
                                               if (!dialed) return;
                                               leaked_stream = std::move(dialed).value().release();
                                               leaked_stream->start(events);
                                             });
    services->files().open({"leak"}, open_mode::append, [](result<file_ptr> opened) {
      CHECK(opened.ok());
      if (!opened) return;
      leaked_file = std::move(opened).value().release();
    });
    REQUIRE(fixture.run_until([] { return leaked_stream != nullptr && leaked_file != nullptr; }));
    dial.reset();
    accepted.reset();
    services.reset();
    CHECK(conformance::run_turns(fixture, 3));
  }
  CHECK(ledger.streams == 1);
  CHECK(ledger.listeners == 1);
  CHECK(ledger.files == 1);
}

}  // namespace mw::kernel
