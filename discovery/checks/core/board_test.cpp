// board_test: who is looked at when, and what is told of whom; time is moved by hand.
// SPDX-License-Identifier: Apache-2.0
#include "core/board.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

namespace mw::checks {
namespace {

constexpr auto pass = check_verdict::pass;
constexpr auto fail = check_verdict::fail;

check_rules rules_of(const std::string& name, duration interval = 10s) {
  check_rules r;
  r.name = name;
  r.subject = "n1";
  r.interval = interval;
  return r;
}

// A board and the world it looks at.
struct bench {
  explicit bench(std::vector<check_rules> checks, board_rules bounds = {})
      : of(std::move(checks), bounds, dice, now) {}

  // Lets time pass; looks take `takes` and find what `finds` says of name and subject.
  void run_for(duration length) {
    const time_point end = now + length;
    for (int steps = 0; now < end; ++steps) {
      REQUIRE(steps < 1'000'000);
      of.tick(now);
      for (const board_wish& wish : of.take_looks(now)) {
        under_way.emplace(now + takes, wish);
        most = std::max(most, of.running());
        ++looks[of.rule(wish.rule).name + "@" + wish.subject];
      }
      gather();
      time_point next = end;
      if (const auto due = of.next()) next = std::min(next, *due);
      if (!under_way.empty()) next = std::min(next, under_way.begin()->first);
      now = std::max(next, now);
      while (!under_way.empty() && under_way.begin()->first <= now) {
        const board_wish wish = under_way.begin()->second;
        under_way.erase(under_way.begin());
        const std::string key = of.rule(wish.rule).name + "@" + wish.subject;
        const auto verdict = finds.find(key);
        of.finish(wish.id, verdict == finds.end() ? pass : verdict->second, "found", now);
      }
    }
    gather();
  }
  void gather() {
    board_news news = of.take_news();
    for (auto& one : news.levels) levels.push_back(std::move(one));
    for (auto& one : news.scores) scores.push_back(std::move(one));
    restarts += news.restarts.size();
    spent += news.spent.size();
  }
  void peers(std::vector<peer_target> all) { of.set_peers(all, now); }

  random_stream dice{7};
  time_point now{};
  board of;
  duration takes = 10ms;
  std::map<std::string, check_verdict> finds;
  std::multimap<time_point, board_wish> under_way;
  std::map<std::string, int> looks;
  std::vector<level_change> levels;
  std::vector<subject_view> scores;
  std::size_t most = 0;
  std::size_t restarts = 0;
  std::size_t spent = 0;
};

}  // namespace

TEST_CASE("board: looks come in their interval, spread by jitter, never two at once") {
  bench b({rules_of("api")});
  b.run_for(1000s);
  CHECK(b.looks["api@n1"] >= 95);
  CHECK(b.looks["api@n1"] <= 105);
  CHECK(b.most == 1);
  b.takes = 25s;  // longer than the interval: the next look waits for the end of this one
  const int before = b.looks["api@n1"];
  b.run_for(1000s);
  CHECK(b.looks["api@n1"] - before <= 41);
  CHECK(b.most == 1);
}

TEST_CASE("board: jitter differs from look to look and stays within its share") {
  check_rules r = rules_of("api", 100s);
  r.jitter = 0.2;
  bench b({r});
  std::vector<duration> gaps;
  time_point last{};
  for (int i = 0; i < 50; ++i) {
    b.now = *b.of.next();
    b.of.tick(b.now);
    for (const board_wish& wish : b.of.take_looks(b.now)) b.of.finish(wish.id, pass, "", b.now);
    if (i > 0) gaps.push_back(b.now - last);
    last = b.now;
  }
  const auto [low, high] = std::minmax_element(gaps.begin(), gaps.end());
  CHECK(*low >= 80s);
  CHECK(*low < 90s);
  CHECK(*high <= 120s);
  CHECK(*high > 110s);
}

TEST_CASE("board: no more looks than allowed are under way, and none is forgotten") {
  std::vector<check_rules> many;
  for (int i = 0; i < 40; ++i) many.push_back(rules_of("c" + std::to_string(i), 1s));
  bench b(many, {.concurrent = 4});
  b.takes = 300ms;
  b.run_for(60s);
  CHECK(b.most == 4);
  CHECK(b.of.counts().put_off > 0);
  CHECK(b.looks.size() == 40);
  const auto [low, high] = std::minmax_element(
      b.looks.begin(), b.looks.end(), [](auto& x, auto& y) { return x.second < y.second; });
  CHECK(high->second - low->second <= 2);  // the oldest wait is served first
}

TEST_CASE("board: levels and scores are told once") {
  check_rules first = rules_of("first");
  check_rules second = rules_of("second");
  second.weight = 3;
  bench b({first, second});
  b.run_for(30s);
  REQUIRE(b.scores.size() == 1);
  CHECK(b.scores[0].score == 1);
  b.finds["second@n1"] = fail;
  b.run_for(300s);
  CHECK(b.levels.size() == 3);  // two became passing, one critical
  REQUIRE(b.scores.size() == 2);
  CHECK(b.scores[1].subject == "n1");
  CHECK(b.scores[1].score == doctest::Approx(0.25));
  CHECK(b.scores[1].reason == "second critical: found (1 of 2 pass)");
  CHECK(*b.of.score_of("n1") == doctest::Approx(0.25));
  CHECK(b.of.lowest_score() == doctest::Approx(0.25));
  CHECK(b.of.count(check_level::critical) == 1);
  b.of.repeat_scores();
  b.gather();
  CHECK(b.scores.size() == 3);
  b.finds.clear();
  b.run_for(60s);
  CHECK(b.scores.back().score == 1);
  CHECK(b.scores.back().reason == "all 2 checks pass");
  b.of.repeat_scores();
  CHECK(b.of.take_news().scores.empty());
  CHECK(!b.of.score_of("nobody"));
}

TEST_CASE("board: a decisive check makes the score 0, and its share climbs after the recovery") {
  check_rules key = rules_of("key");
  key.decisive = true;
  key.ramp = 100s;
  bench b({key, rules_of("other")});
  b.run_for(30s);
  b.finds["key@n1"] = fail;
  b.run_for(60s);
  CHECK(b.scores.back().score == 0);
  b.finds.clear();
  b.scores.clear();
  b.run_for(200s);
  REQUIRE(b.scores.size() >= 9);
  CHECK(b.scores.size() <= 11);
  for (std::size_t i = 1; i < b.scores.size(); ++i)
    CHECK(b.scores[i].score > b.scores[i - 1].score);
  CHECK(b.scores.front().score == doctest::Approx(0.55));
  CHECK(b.scores.front().reason.find("key passes again") == 0);
  CHECK(b.scores.back().score == 1);
}

TEST_CASE("board: each peer has its checks; who goes is forgotten, with its opinion taken back") {
  check_rules r = rules_of("ping");
  r.of_peers = true;
  bench b({r});
  CHECK(b.of.wants_peers());
  b.peers({{"n2", "10.0.0.2:7400"}, {"n3", "10.0.0.3:7400"}});
  b.run_for(30s);
  CHECK(b.looks.size() == 2);
  b.finds["ping@n2"] = fail;
  b.run_for(60s);
  CHECK(*b.of.score_of("n2") == 0);
  CHECK(*b.of.score_of("n3") == 1);
  const int seen = b.looks["ping@n3"];
  b.peers({{"n2", "10.0.0.2:7400"}});
  b.run_for(60s);
  CHECK(b.looks["ping@n3"] == seen);
  CHECK(!b.of.score_of("n3"));
  b.peers({{"n2", "10.0.9.9:7400"}});  // it has moved: what was found there says nothing
  b.gather();
  CHECK(b.scores.back().subject == "n2");
  CHECK(b.scores.back().score == 1);
  CHECK(b.scores.back().reason == "no longer checked");
  CHECK(b.of.checks(b.now).size() == 1);
  CHECK(b.of.checks(b.now)[0].level == check_level::unknown);
  b.peers({});
  b.run_for(100s);
  CHECK(b.of.checks(b.now).empty());
  CHECK(b.of.running() == 0);
  CHECK(b.of.waiting() == 0);
}

TEST_CASE("board: a look that ends after its subject is gone changes nothing") {
  check_rules r = rules_of("ping");
  r.of_peers = true;
  bench b({r});
  b.peers({{"n2", "a:1"}});
  b.now = b.now + 5s;
  b.of.tick(b.now);
  const auto wishes = b.of.take_looks(b.now);
  REQUIRE(wishes.size() == 1);
  b.peers({});
  CHECK(!b.of.wanted(wishes[0].id));
  b.peers({{"n2", "a:1"}});  // the same place, another life
  b.of.finish(wishes[0].id, fail, "late", b.now);
  CHECK(b.of.checks(b.now)[0].runs == 0);
  CHECK(b.of.running() == 0);
}

TEST_CASE("board: targets beyond the bound are counted, not made") {
  check_rules r = rules_of("ping");
  r.of_peers = true;
  bench b({r}, {.targets_max = 3});
  std::vector<peer_target> many;
  for (int i = 0; i < 10; ++i) many.push_back({"n" + std::to_string(i), "a:1"});
  b.peers(many);
  CHECK(b.of.checks(b.now).size() == 3);
  CHECK(b.of.counts().crowded == 7);
  many.erase(many.begin(), many.begin() + 8);
  b.peers(many);
  CHECK(b.of.checks(b.now).size() == 2);  // room again
}

TEST_CASE("board: pushed verdicts count at once; silence is a failure") {
  check_rules r = rules_of("backup", 30s);
  r.pushed = true;
  bench b({r, rules_of("api")});
  CHECK(b.of.push({"backup", "", pass, "done"}, b.now));
  b.run_for(29s);
  CHECK(*b.of.score_of("n1") == 1);
  b.run_for(2s);
  CHECK(*b.of.score_of("n1") == doctest::Approx(0.5));
  CHECK(b.levels.back().output == "no verdict was pushed for 30s");
  CHECK(b.of.push({"backup", "n1", fail, "disk full"}, b.now));
  CHECK(b.of.push({"backup", "n1", check_verdict::warn, "slow"}, b.now));
  b.gather();
  CHECK(b.levels.back().to == check_level::warning);
  CHECK(b.of.push({"api", "", pass, ""}, b.now).error().kind() == errc::unsupported);
  CHECK(b.of.push({"nothing", "", pass, ""}, b.now).error().kind() == errc::not_found);
  CHECK(b.of.push({"backup", "n9", pass, ""}, b.now).error().kind() == errc::not_found);
  CHECK(b.of.push({"backup", "", pass, std::string(10'000, 'x')}, b.now));
  CHECK(b.of.checks(b.now)[1].output.size() == 4096);
}

TEST_CASE("board: of several subjects with a pushed check one has to be named") {
  check_rules r = rules_of("told");
  r.pushed = true;
  r.of_peers = true;
  bench b({r});
  b.peers({{"n2", "a:1"}, {"n3", "a:2"}});
  CHECK(b.of.push({"told", "", pass, ""}, b.now).error().kind() == errc::invalid);
  CHECK(b.of.push({"told", "n3", fail, ""}, b.now));
  CHECK(*b.of.score_of("n3") == 0);
  CHECK(!b.of.score_of("n2"));
}

TEST_CASE("board: restarts are repeated while it is critical, within their budget") {
  check_rules r = rules_of("api");
  r.restarts = true;
  r.restart_budget = 3;
  r.restart_window = 1h;
  r.restart_again = 60s;
  bench b({r});
  b.run_for(20s);
  CHECK(b.restarts == 0);
  b.finds["api@n1"] = fail;
  b.run_for(100s);
  CHECK(b.restarts == 2);
  b.run_for(600s);
  CHECK(b.restarts == 3);
  CHECK(b.spent > 0);
  CHECK(b.of.counts().restarts == 3);
  CHECK(b.of.counts().restarts_refused == b.spent);
  b.finds.clear();
  b.run_for(100s);
  const std::size_t spent = b.spent;
  b.run_for(1000s);  // well: nothing is tried
  CHECK(b.spent == spent);
  b.run_for(1h);
  b.finds["api@n1"] = fail;
  b.run_for(60s);
  CHECK(b.restarts == 4);  // the window has passed
}

TEST_CASE("board: the same seed gives the same run") {
  std::vector<std::map<std::string, int>> runs;
  for (int i = 0; i < 2; ++i) {
    bench b({rules_of("a", 3s), rules_of("b", 7s), rules_of("c", 1s)}, {.concurrent = 1});
    b.takes = 400ms;
    b.run_for(500s);
    runs.push_back(b.looks);
  }
  CHECK(runs[0] == runs[1]);
}

}  // namespace mw::checks
