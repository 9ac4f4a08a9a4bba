// core_test: levels, doubts and their ends, stalls, hard evidence, probation, bounds.
// SPDX-License-Identifier: Apache-2.0
#include "core/detector.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <map>

namespace mw::phi {
namespace {

// A detector and the peers it sees; beats come once a second.
class watch {
 public:
  explicit watch(std::size_t peers, detector_rules rules = {}) : core(rules), rules_(rules) {
    for (std::size_t i = 0; i < peers; ++i) {
      ids_.push_back("p" + std::to_string(i));
      beating.push_back(true);
      linked.push_back(true);
      refused.push_back(0);
      lives.push_back(1);
    }
  }

  // Ticks until `length` has passed.
  void run(duration length) {
    for (const time_point end = now + length; now < end;) {
      now = now + rules_.tick;
      look();
    }
  }
  // Nothing of ours runs for so long; beats arrive meanwhile and are read afterwards.
  void stall(duration length, bool backlog = true) {
    now = now + length;
    CHECK_FALSE(core.tick(seen_, now));
    if (!backlog) {
      CHECK(core.tick(seen_, now + 1ms));
      return;
    }
    look();
  }
  void look() {
    seen_.clear();
    const time_point beat{now.since_start / 1s * 1s};
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (beating[i] && beat > last_[i]) last_[i] = beat;
      seen_.push_back({ids_[i], last_[i], linked[i], refused[i], lives[i]});
    }
    (void)core.tick(seen_, now);
  }
  [[nodiscard]] suspicion level(std::size_t i) const {
    const auto health = core.health_of(ids_[i], now);
    return health ? health->level : suspicion::none;
  }
  // How long until `i` is suspect, or a minute.
  duration until_suspect(std::size_t i) {
    const time_point from = now;
    while (level(i) != suspicion::suspect && now - from < 1min) run(rules_.tick);
    return now - from;
  }

  detector core;
  std::vector<bool> beating;
  std::vector<bool> linked;
  std::vector<std::uint32_t> refused;
  std::vector<std::uint64_t> lives;
  time_point now{1000s};

 private:
  detector_rules rules_;
  std::vector<std::string> ids_;
  std::map<std::size_t, time_point> last_;
  std::vector<sighting> seen_;
};

constexpr auto suspected = evidence_kind::suspected;
constexpr auto alive = evidence_kind::alive;

}  // namespace

TEST_CASE("detector: silence passes the levels one by one, each told once") {
  watch w(1);
  w.run(10s);
  CHECK(w.core.take_news().empty());
  w.beating[0] = false;
  std::vector<suspicion> told;
  for (int i = 0; i < 50; ++i) {
    w.run(200ms);
    for (const peer_health& one : w.core.take_news()) {
      told.push_back(one.level);
      CHECK(one.id == "p0");
      CHECK(one.reason.starts_with("silent for "));
    }
  }
  CHECK(told == std::vector{suspicion::slow, suspicion::stopped, suspicion::suspect});
  CHECK(w.core.counts().suspicions == 1);
  CHECK(w.core.count(suspicion::suspect) == 1);
  CHECK(w.core.all(w.now)[0].weight == 0);
}

TEST_CASE("detector: a stall of ours is nobody's fault, and the dead are found all the same") {
  watch w(4);
  w.run(10s);
  w.stall(20s);
  for (std::size_t i = 0; i < 4; ++i) CHECK(w.level(i) == suspicion::none);
  CHECK(w.core.counts().stalls == 1);
  CHECK(w.core.counts().forgiven == 0);
  w.run(10s);
  // One dies, then we stall: the others in the backlog show that we could have heard it.
  w.beating[2] = false;
  w.run(1s);
  w.stall(20s);
  CHECK(w.level(2) == suspicion::suspect);
  CHECK(w.level(1) == suspicion::none);
}

TEST_CASE("detector: a stall in which nothing was received is forgiven, and only that") {
  for (const std::size_t peers : {1, 4}) {
    watch w(peers);
    w.run(10s);
    w.stall(20s, false);
    for (std::size_t i = 0; i < peers; ++i) CHECK(w.level(i) != suspicion::suspect);
    CHECK(w.core.counts().forgiven == 1);
    w.beating.assign(peers, false);
    CHECK(w.until_suspect(0) < 20s);
  }
}

TEST_CASE("detector: a link that ends while we stall leaves its peer the benefit of the doubt") {
  watch w(4);
  w.run(10s);
  w.beating[1] = false;  // it closed the link, for we were silent
  w.linked[1] = false;
  w.stall(20s);
  CHECK(w.level(1) != suspicion::suspect);
  CHECK(w.until_suspect(1) <= 5s);  // and does not come back
}

TEST_CASE("detector: not stall-aware, a stall accuses everybody") {
  detector_rules rules;
  rules.stall_aware = false;
  watch w(1, rules);
  w.run(10s);
  w.beating[0] = false;
  w.now = w.now + 20s;
  w.look();
  CHECK(w.level(0) == suspicion::suspect);
}

TEST_CASE("detector: all silent at once is probably us, but not for ever") {
  watch w(32);
  w.run(10s);
  w.beating.assign(32, false);
  w.run(5s);
  CHECK(w.core.count(suspicion::suspect) == 0);
  CHECK(w.core.counts().withheld == 32);
  w.run(5s);
  CHECK(w.core.count(suspicion::suspect) == 32);
}

TEST_CASE("detector: completeness with 28 and 31 of 32 dead, and of two nodes") {
  for (const std::size_t dead : {28, 31}) {
    watch w(32);
    w.run(10s);
    for (std::size_t i = 0; i < dead; ++i) w.beating[i] = false;
    w.run(dead == 28 ? 6s : 9s);
    CHECK(w.core.count(suspicion::suspect) == dead);
    CHECK(w.level(31) == suspicion::none);
  }
  watch two(1);
  two.run(10s);
  two.beating[0] = false;
  CHECK(two.until_suspect(0) <= 5s);
}

TEST_CASE("detector: observers that see the peer well prevail, for a while") {
  watch w(1);
  w.run(10s);
  CHECK(w.core.observe({"p0", alive, "o1"}, w.now));
  CHECK(w.core.observe({"p0", alive, "o2"}, w.now));
  w.beating[0] = false;
  w.run(6s);
  CHECK(w.level(0) == suspicion::stopped);
  CHECK(w.core.counts().vetoed == 1);
  CHECK(w.core.observe({"p0", suspected, "o2"}, w.now));
  CHECK(w.level(0) == suspicion::suspect);  // at once: it was only waiting for that

  watch alone(1);
  alone.run(10s);
  CHECK(alone.core.observe({"p0", alive, "o1"}, alone.now));
  alone.beating[0] = false;
  const duration took = alone.until_suspect(0);
  CHECK(took > 9s);
  CHECK(took < 13s);
}

TEST_CASE("detector: suspicion of others alone accuses nobody who is heard") {
  watch w(1);
  w.run(10s);
  CHECK(w.core.observe({"p0", suspected, "o1"}, w.now));
  w.run(10s);
  CHECK(w.level(0) == suspicion::none);
}

TEST_CASE("detector: a process that is gone is suspect at once") {
  watch w(4);
  w.run(10s);
  w.beating[1] = false;
  w.linked[1] = false;
  w.run(200ms);
  CHECK(w.level(1) == suspicion::none);
  w.refused[1] = 2;
  w.run(200ms);
  CHECK(w.level(1) == suspicion::suspect);
  CHECK(w.core.observe({"p2", evidence_kind::exited, "the supervisor"}, w.now));
  CHECK(w.level(2) == suspicion::suspect);
  const auto news = w.core.take_news();
  REQUIRE(news.size() == 2);
  CHECK(news[0].reason == "its address refuses connections");
  CHECK(news[1].reason == "its process is gone, says the supervisor");
}

TEST_CASE("detector: the reason is that of this time, not of the last") {
  watch w(4);
  w.run(10s);
  w.beating[1] = false;
  w.run(10s);
  REQUIRE(w.level(1) == suspicion::suspect);
  w.beating[1] = true;
  w.run(5min);
  REQUIRE(w.level(1) == suspicion::none);
  w.beating[1] = w.linked[1] = false;
  w.refused[1] = 2;
  w.run(200ms);
  CHECK(w.level(1) == suspicion::suspect);
  CHECK(w.core.take_news().back().reason == "its address refuses connections");
}

TEST_CASE("detector: probation doubles with each suspicion, and is forgotten") {
  watch w(1);
  w.run(10s);
  duration before{};
  for (int flap = 0; flap < 9; ++flap) {
    w.beating[0] = false;
    (void)w.until_suspect(0);
    w.beating[0] = true;
    const time_point heard = w.now;
    while (w.level(0) != suspicion::none && w.now - heard < 3min) w.run(200ms);
    const duration probation = w.now - heard;
    if (flap > 0 && before < 40s) CHECK(probation > before + before / 2 - 2s);
    CHECK(probation < 63s);
    before = probation;
  }
  CHECK(before > 55s);
  w.run(12min);
  w.beating[0] = false;
  (void)w.until_suspect(0);
  w.beating[0] = true;
  w.run(3s);
  CHECK(w.level(0) == suspicion::none);
}

TEST_CASE("detector: bounds on peers and observers are kept and counted") {
  detector_rules rules;
  rules.peers_max = 3;
  watch w(5, rules);
  w.run(1s);
  CHECK(w.core.count() == 3);
  CHECK(w.core.counts().crowded >= 2);
  CHECK(w.core.observe({"p4", alive, "o"}, w.now).error().kind() == errc::not_found);
  for (int i = 0; i < 8; ++i) CHECK(w.core.observe({"p0", alive, "o" + std::to_string(i)}, w.now));
  CHECK(w.core.observe({"p0", alive, "one more"}, w.now).error().kind() == errc::overloaded);
  CHECK(w.core.observe({"p0", suspected, "o3"}, w.now));  // an opinion may change
  // Who is gone from the channel is forgotten.
  (void)w.core.tick({}, w.now + 100ms);
  CHECK(w.core.count() == 0);
}

TEST_CASE("detector: who was never linked is not watched") {
  watch w(1);
  w.linked[0] = false;
  w.run(10s);
  CHECK(w.core.count() == 0);
}

TEST_CASE("properties: regular beats are never suspect; the dead always are, within the margins") {
  random_stream dice(3);
  for (int run = 0; run < 100; ++run) {
    const auto peers = static_cast<std::size_t>(1 + dice.below(8));
    watch w(peers);
    w.run(20s);
    for (int step = 0; step < 10; ++step) {
      w.run(duration(static_cast<std::int64_t>(dice.below(5'000'000'000))));
      if (dice.below(3) == 0)
        w.stall(1s + duration(static_cast<std::int64_t>(dice.below(20'000'000'000))));
      CHECK(w.core.count(suspicion::suspect) == 0);
    }
    const std::size_t dead = dice.below(peers);
    w.beating[dead] = false;
    CHECK(w.until_suspect(dead) <= 9s);
    for (std::size_t i = 0; i < peers; ++i)
      if (i != dead) CHECK(w.level(i) < suspicion::suspect);
  }
}

}  // namespace mw::phi
