// gather_test: one question to many members.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::routing {
namespace {

// Node a asks; b to f serve "vote". Those in `silent` do not answer, those in `against` refuse.
struct members {
  explicit members(settings opt = {}) {
    for (const char* id : {"a", "b", "c", "d", "e", "f"}) (void)world.add(id, opt);
    world.on_boot = [this](fake_node& n) {
      if (n.id == "a") return;
      if (n.id <= "d") kept.push_back(n->join("left").value());
      kept.push_back(n->serve("vote", {}, [this, &n](const incoming& in) {
                        if (in.what == incoming::kind::cancelled) ++cancelled;
                        if (in.what != incoming::kind::request) return;
                        ++asked;
                        if (silent.find(n.id) != std::string::npos) return;
                        if (against.find(n.id) != std::string::npos)
                          return n->refuse(in.reply, {errc::denied, "against"});
                        message_out out;
                        write_text(out, "yes");
                        (void)n->answer(in.reply, out, true, {});
                      }).value());
    };
    world.start();
    world.run_for(1s);
  }
  ~members() { kept.clear(); }

  result<call_ref> vote(std::uint32_t quorum, std::uint32_t fan_out = 0,
                        std::string_view group = {}) {
    route where = to_service(*world[0], "vote");
    where.to = group.empty() ? send_to::all : send_to::group;
    where.name = group;
    where.quorum = quorum;
    where.fan_out = fan_out;
    where.deadline = 1s;
    return ask(*world[0], where, "?", h);
  }
  [[nodiscard]] std::string end() const { return h.lines.empty() ? "" : h.lines.back(); }

  std::string silent, against;
  int asked = 0, cancelled = 0;
  heard h;
  std::vector<registration_ptr> kept;
  fake_world world;
};

}  // namespace

TEST_CASE("all: every member answers, then the end") {
  members m;
  REQUIRE(m.vote(0));
  m.world.run_for(500ms);
  CHECK(m.h.lines.size() == 6);
  CHECK(m.end() == "end 5/5/0");
  CHECK(m.world[0].host->metric("mw_scatter_total", "result=complete") == 1);
}

TEST_CASE("group: only its members") {
  members m;
  REQUIRE(m.vote(0, 0, "left"));
  m.world.run_for(500ms);
  CHECK(m.end() == "end 3/3/0");
  CHECK(m.vote(0, 0, "nobody").error().kind() == errc::not_found);
}

TEST_CASE("quorum: decided by the first k, the rest is cancelled") {
  members m;
  m.silent = "ef";
  REQUIRE(m.vote(3));
  m.world.run_for(100ms);
  CHECK(m.end() == "end 5/3/0");
  CHECK(m.cancelled == 2);
  CHECK(m.world[0].host->metric("mw_calls_open") == 0);
}

TEST_CASE("quorum: hopeless as soon as too many have failed") {
  members m;
  m.silent = "ef";
  m.against = "bcd";
  REQUIRE(m.vote(3));
  m.world.run_for(100ms);
  CHECK(m.end() == "end 5/0/3 disconnected");
  CHECK(m.h.errors.back().find("3 were needed") != std::string::npos);
  CHECK(m.world[0].host->metric("mw_scatter_total", "result=failed") == 1);
}

TEST_CASE("quorum: more than there are members is said at once") {
  members m;
  CHECK(m.vote(6).error().kind() == errc::not_found);
}

TEST_CASE("partial results stand at the deadline") {
  members m;
  m.silent = "f";
  REQUIRE(m.vote(0));
  m.world.run_for(900ms);
  CHECK(m.h.lines.size() == 4);
  m.world.run_for(200ms);
  CHECK(m.end() == "end 5/4/1 disconnected");
  CHECK(m.world[0].host->metric("mw_scatter_total", "result=partial") == 1);
}

TEST_CASE("fan_out: spares are asked when one fails") {
  members m;
  m.against = "bcde";
  REQUIRE(m.vote(1, 2));
  m.world.run_for(900ms);
  CHECK(m.end().starts_with("end"));
  CHECK(m.end().find("/1/") != std::string::npos);
  CHECK(m.h.last);
}

TEST_CASE("fan_out: spares are asked when the first ones take too long") {
  settings opt;
  opt.hedge_after = 50ms;
  members m(opt);
  m.silent = "bcde";
  REQUIRE(m.vote(1, 1));
  m.world.run_for(900ms);
  CHECK(m.end().find("/1/0") != std::string::npos);
  CHECK(m.asked <= 5);
}

TEST_CASE("without failures and delays spares are left alone") {
  members m;
  REQUIRE(m.vote(2, 2));
  m.world.run_for(900ms);
  CHECK(m.end() == "end 2/2/0");
  CHECK(m.asked == 2);
  CHECK(m.world[0].host->metric("mw_quorum_spares_used_total") == 0);
}

TEST_CASE("cancelling ends all of it silently") {
  members m;
  m.silent = "bcdef";
  const auto call = m.vote(0);
  m.world.run_for(100ms);
  m.world[0]->cancel(*call);
  m.world.run_for(5s);
  CHECK(m.h.lines.empty());
  CHECK(m.cancelled == 5);
}

TEST_CASE("a storm of broadcasts is refused by each receiver") {
  settings opt;
  opt.broadcasts_per_peer = {2};
  members m(opt);
  route where = to_service(*m.world[0], "vote");
  where.to = send_to::all;
  heard h[3];
  for (heard& each : h) REQUIRE(ask(*m.world[0], where, "?", each));
  m.world.run_for(100ms);
  CHECK(h[1].lines.back() == "end 5/5/0");
  CHECK(h[2].lines.back() == "end 5/0/5 disconnected");
  m.world.run_for(1s);
  heard later;
  REQUIRE(ask(*m.world[0], where, "?", later));
  m.world.run_for(100ms);
  CHECK(later.lines.back() == "end 5/5/0");
}

}  // namespace mw::routing
