// caller_test: nodes on one network in virtual time: loss, replays, floods, full tables.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/caller.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>

namespace mw::presence {
namespace {

using list = std::vector<std::string>;

class network {
 public:
  explicit network(std::uint64_t seed = 1) : dice(seed) {}

  caller& add(const std::string& id, caller_settings how = {}) {
    how.id = id;
    if (how.cluster.empty()) how.cluster = "demo";
    if (how.life == 0) how.life = 100;
    const std::string host = "10.0.0." + std::to_string(all.size() + 1) + "/24";
    all.push_back(std::make_unique<caller>(how, lan::parse_interface(host).value(), dice));
    all.back()->start(now);
    return *all.back();
  }
  void speak(std::size_t i) { all[i]->publish(own_facts{"10.0.0.9:7400", "a"}, now); }
  void send(const std::string& bytes, const std::string& from = "10.0.0.99") {
    for (const auto& one : all)
      one->received(as_bytes(bytes), {.host = from, .port = 1}, now, wall());
  }
  void run_for(duration how_long) {
    const time_point end = now + how_long;
    for (int steps = 0;; ++steps) {
      REQUIRE(steps < 100'000);
      time_point next{duration::max()};
      for (const auto& one : all) next = std::min(next, one->next_due());
      if (next > end) break;
      now = std::max(now, next);
      for (const auto& one : all) one->tick(now, wall());
      for (std::size_t i = 0; i < all.size(); ++i)
        for (const std::string& bytes : all[i]->take_packets()) {
          packets.push_back(bytes);
          for (const auto& to : all)
            if (!dice.chance(loss))
              to->received(as_bytes(bytes), {.host = "10.0.0.5", .port = 1}, now, wall());
        }
    }
    now = end;
  }
  [[nodiscard]] wall_time wall() const { return {now.since_start + duration(1'000'000h)}; }
  [[nodiscard]] list seen_by(std::size_t i) const {
    list out;
    for (const peer_found& one : all[i]->peers()) out.push_back(one.id);
    return out;
  }

  random_stream dice;
  time_point now{};
  double loss = 0;
  std::vector<std::unique_ptr<caller>> all;
  std::vector<std::string> packets;
};

caller_settings keyed() {
  caller_settings how;
  how.key = "0123456789abcdef";
  return how;
}
call call_of(const std::string& id, std::uint64_t life = 7, std::uint32_t number = 1) {
  return {.life = life,
          .number = number,
          .interval_ms = 1000,
          .cluster = "demo",
          .id = id,
          .address = "10.0.0.7:1"};
}

TEST_CASE("newcomers know everybody in a moment, although calls are far apart") {
  network w;
  caller_settings slow;
  slow.interval = 1min;
  for (int i = 0; i < 5; ++i) w.add("n" + std::to_string(i), slow);
  for (std::size_t i = 0; i < 4; ++i) w.speak(i);
  w.run_for(30s);
  w.add("late", slow);
  w.speak(5);
  w.run_for(1500ms);
  CHECK(w.seen_by(5).size() == 4);
  CHECK(w.seen_by(4).size() == 5);  // it only listens
  CHECK(w.seen_by(0).size() == 4);
}

TEST_CASE("a goodbye is heard at once, a silence after the calls that may be lost") {
  network w;
  for (int i = 0; i < 3; ++i) {
    w.add("n" + std::to_string(i));
    w.speak(static_cast<std::size_t>(i));
  }
  w.run_for(5s);
  w.all[1]->publish(std::nullopt, w.now);
  w.run_for(1ms);
  CHECK(w.seen_by(0) == list{"n2"});
  CHECK(w.all[1]->says_goodbye());
  w.run_for(200ms);
  CHECK_FALSE(w.all[1]->says_goodbye());
  w.all.pop_back();
  w.run_for(3s);
  CHECK(w.seen_by(0) == list{"n2"});
  w.run_for(1700ms);
  CHECK(w.seen_by(0).empty());
}

TEST_CASE("every fifth packet is lost and hardly anybody is: ten nodes") {
  int lost = 0;
  network w(5);
  w.loss = 0.2;
  for (std::size_t i = 0; i < 10; ++i) {
    w.add("n" + std::to_string(i), keyed());
    w.speak(i);
  }
  w.run_for(10s);
  for (std::size_t i = 0; i < 10; ++i) {
    CHECK(w.seen_by(i).size() >= 8);
    (void)w.all[i]->take_changed();
  }
  for (int second = 0; second < 60; ++second) {
    w.run_for(1s);
    for (const auto& one : w.all) lost += one->peers().size() == 9 ? 0 : 1;
  }
  // 0.2^4 of all the waits for one of nine peers.
  CHECK(lost < 60);
  CHECK(w.packets.size() < 10 * 70 * 3);
}

TEST_CASE("recordings are not believed: not at once, not after it left, not in a later life") {
  network w;
  w.add("n0", keyed());
  w.add("n1", keyed());
  w.speak(1);
  w.run_for(3s);
  const std::vector<std::string> recorded = w.packets;
  for (const std::string& one : recorded) w.send(one);
  CHECK(w.all[0]->counted().replayed >= 3);
  w.all.pop_back();
  w.run_for(30s);
  CHECK(w.seen_by(0).empty());
  for (const std::string& one : recorded) w.send(one);
  CHECK(w.seen_by(0).empty());
  w.run_for(10min);  // by now it is forgotten, and the recording is too old
  CHECK(w.all[0]->known() == 0);
  for (const std::string& one : recorded) w.send(one);
  CHECK(w.seen_by(0).empty());
  CHECK(w.all[0]->counted().stale >= 3);
  caller_settings second = keyed();
  second.life = 200;
  w.add("n1", second);
  w.speak(1);
  w.run_for(1s);
  CHECK(w.seen_by(0) == list{"n1"});
}

TEST_CASE("within a life each number counts once, and late ones change nothing") {
  table t({});
  const time_point now{};
  CHECK(t.take(call_of("a", 7, 100), now) == table::outcome::changed);
  CHECK(t.take(call_of("a", 7, 100), now) == table::outcome::replayed);
  call late = call_of("a", 7, 99);
  late.address = "10.0.0.8:1";
  CHECK(t.take(late, now) == table::outcome::known);
  CHECK(t.peers().front().address == "10.0.0.7:1");
  CHECK(t.take(late, now) == table::outcome::replayed);
  CHECK(t.take(call_of("a", 7, 36), now) == table::outcome::replayed);  // 64 ago
  CHECK(t.take(call_of("a", 7, 37), now) == table::outcome::known);
  CHECK(t.take(call_of("a", 6, 500), now) == table::outcome::replayed);
  CHECK(t.take(call_of("a", 7, 500), now) == table::outcome::known);
  CHECK(t.take(call_of("a", 7, 499), now) == table::outcome::known);
  CHECK(t.take(call_of("a", 8, 1), now) == table::outcome::known);
  CHECK(t.take(call_of("a", 7, 501), now) == table::outcome::replayed);
}

TEST_CASE("tables are bounded; the living stay, and only the silent make room") {
  table t({.peers_max = 3});
  time_point now{};
  for (const char* id : {"a", "b", "c"}) CHECK(t.take(call_of(id), now) == table::outcome::changed);
  CHECK(t.take(call_of("d"), now) == table::outcome::full);
  call bye = call_of("b", 7, 2);
  bye.what = kind::leave;
  CHECK(t.take(bye, now) == table::outcome::changed);
  CHECK(t.take(call_of("d"), now) == table::outcome::changed);
  CHECK(t.take(call_of("e"), now) == table::outcome::full);
  // A promise to call in fifty days is not believed.
  call slow = call_of("a", 7, 2);
  slow.interval_ms = 0xffffffff;
  CHECK(t.take(slow, now) == table::outcome::known);
  now = now + 5h;
  CHECK(t.tick(now));
  CHECK(t.peers().empty());
}

TEST_CASE("other keys, clusters, versions, networks and floods: ignored and counted") {
  network w;
  w.add("n0", keyed());
  const std::string stale = encode(call_of("x"), keyed().key);
  call now = call_of("x");
  now.sent_ms = static_cast<std::uint64_t>(w.wall().since_epoch / 1ms);
  call other = now;
  other.cluster = "other";
  w.send(encode(now, ""));
  w.send(encode(now, "another key 1234"));
  w.send(encode(other, keyed().key));
  w.send(stale);
  w.send("MWP\2xxxxxx");
  w.send("hello");
  w.send(encode(now, keyed().key), "10.0.1.1");
  const counts& seen = w.all[0]->counted();
  CHECK(seen.denied == 2);
  CHECK(seen.foreign == 1);
  CHECK(seen.stale == 1);
  CHECK(seen.version == 1);
  CHECK(seen.malformed == 1);
  CHECK(seen.off_link == 1);
  CHECK(w.seen_by(0).empty());
  for (int i = 0; i < 1000; ++i) w.send("x");
  CHECK(seen.flood > 400);
  w.run_for(1s);
  w.send(encode(now, keyed().key));
  CHECK(w.seen_by(0) == list{"x"});
}

TEST_CASE("a namesake is told about, and asking calls nobody forward more than once a second") {
  network w;
  w.add("n0");
  w.speak(0);
  w.run_for(10s);
  w.send(encode(call_of("n0", 1'000), ""));
  CHECK(w.all[0]->counted().namesakes == 1);
  w.packets.clear();
  call ask{.what = kind::ask, .life = 1, .number = 1, .cluster = "demo", .id = "z"};
  for (int i = 0; i < 100; ++i) {
    w.send(encode(ask, ""));
    w.run_for(100ms);
  }
  CHECK(w.packets.size() <= 14);
}

}  // namespace
}  // namespace mw::presence
