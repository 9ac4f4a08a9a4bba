// gate_test: whatever way a message takes, what the policy denies is denied, and nothing else is.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace mw::routing {
namespace {

// Allows all but what is listed; an empty subject stands for everybody.
class listed_policy final : public policy {
 public:
  void deny(std::string subject, access_verb verb, std::string resource) {
    denied_.insert({std::move(subject), verb, std::move(resource)});
    ++version_;
  }
  void allow_all() {
    denied_.clear();
    ++version_;
  }
  [[nodiscard]] decision authorize(const access& what) noexcept override {
    ++asked;
    const bool no = holds(what.subject, what) || holds("", what);
    return {!no, no ? 1u : 0u, version_};
  }
  [[nodiscard]] std::string explain(const access&) const override { return {}; }
  [[nodiscard]] std::uint64_t version() const noexcept override { return version_; }
  std::uint64_t asked = 0;

 private:
  [[nodiscard]] bool holds(std::string_view subject, const access& what) const {
    return denied_.contains({std::string(subject), what.verb, std::string(what.resource)});
  }
  std::set<std::tuple<std::string, access_verb, std::string>> denied_;
  std::uint64_t version_ = 1;
};

// Node b serves and guards; a asks. Each has a policy of its own.
struct guarded {
  explicit guarded(settings opt = {}) {
    for (const char* id : {"a", "b"}) (void)world.add(id, opt);
    world.on_boot = [this](fake_node& n) {
      policy& asked = n.id == "a" ? of_a : of_b;
      auto& into = n.id == "a" ? told_a : told_b;
      n->parts().guard.attach(&asked, [&into](const access_denied& d) { into.push_back(d); });
    };
    world.start();
    for (const char* name : {"open", "shut"}) serve(name);
    offers.push_back(world[1]->join("g").value());
    world.run_for(1s);
  }
  ~guarded() { offers.clear(); }

  void serve(const std::string& name) {
    offers.push_back(world[1]
                         ->serve(name, {.streams = true},
                                 [this, name](const incoming& in) {
                                   if (in.what == incoming::kind::cancelled) ++cancelled;
                                   if (in.what == incoming::kind::cancelled) return;
                                   seen.push_back(name + ":" + std::string(as_text(in.body.bytes)));
                                   if (in.what != incoming::kind::request || !answers) return;
                                   message_out out;
                                   write_text(out, "done");
                                   (void)world[1]->answer(in.reply, out, true, {});
                                 })
                         .value());
  }
  engine& a() { return *world[0]; }
  [[nodiscard]] bool reached(std::string_view name) const {
    return std::any_of(seen.begin(), seen.end(),
                       [&](const std::string& s) { return s.starts_with(name); });
  }
  double count(const std::string& path, std::uint32_t node = 1) {
    return world[node].host->metric("mw_router_denied_total", "path=" + path);
  }

  listed_policy of_a, of_b;
  std::vector<access_denied> told_a, told_b;
  fake_world world;
  std::vector<registration_ptr> offers;
  std::vector<std::string> seen;
  int cancelled = 0;
  bool answers = true;
};

const std::string who = "proved:a";

// Every way to get something to a service.
struct way {
  const char* name;
  bool call;
  route extra;
};
const way ways[] = {
    {"call one", true, {}},
    {"call node", true, {.to = send_to::node, .name = "b"}},
    {"call group", true, {.to = send_to::group, .name = "g"}},
    {"call all", true, {.to = send_to::all}},
    {"call again", true, {.guarantee = guarantee::at_least_once}},
    {"call once", true, {.guarantee = guarantee::exactly_once}},
    {"send one", false, {}},
    {"send node", false, {.to = send_to::node, .name = "b"}},
    {"send group", false, {.to = send_to::group, .name = "g"}},
    {"send all", false, {.to = send_to::all}},
    {"send again", false, {.guarantee = guarantee::at_least_once}},
    {"send once", false, {.guarantee = guarantee::exactly_once}},
    {"send once to node",
     false,
     {.to = send_to::node, .name = "b", .guarantee = guarantee::exactly_once}},
    {"send once to group",
     false,
     {.to = send_to::group, .name = "g", .guarantee = guarantee::exactly_once}},
};

// What became of it: empty when it went through, else the kind of the failure.
std::string go(guarded& g, engine& from, const way& w, const std::string& service) {
  route where = w.extra;
  where.service = from.open(service).value();
  where.deadline = 3s;
  std::string outcome;
  message_out out;
  write_text(out, "x");
  if (w.call) {
    const auto asked = from.call(where, out, [&](const answer& a) {
      if (a.error != nullptr && outcome.empty()) outcome = to_string(a.error->kind());
    });
    if (!asked) outcome = to_string(asked.error().kind());
  } else {
    const auto sent = from.send(where, out, [&](const status& s) {
      if (!s) outcome = to_string(s.error().kind());
    });
    if (!sent) outcome = to_string(sent.error().kind());
  }
  g.world.run_for(5s);
  return outcome;
}

}  // namespace

TEST_CASE("gate: on every way, what the receiver's policy denies never reaches the service") {
  for (const way& w : ways) {
    INFO(std::string(w.name));
    guarded g;
    g.of_b.deny(who, w.call ? access_verb::call : access_verb::send, "shut");
    CHECK(go(g, g.a(), w, "open") == "");
    CHECK(g.reached("open"));
    const std::string outcome = go(g, g.a(), w, "shut");
    CHECK_FALSE(g.reached("shut"));
    const bool hears = w.call || w.extra.guarantee != guarantee::at_most_once;
    if (hears) CHECK(outcome == "denied");
    REQUIRE(g.told_b.size() == 1);
    CHECK(g.told_b[0].identity == who);
    CHECK(g.told_b[0].resource == "shut");
    CHECK(g.told_b[0].path == "message");
    CHECK(g.count("message") == 1);
  }
}

TEST_CASE("gate: on every way, what our own policy denies does not leave") {
  for (const way& w : ways) {
    INFO(std::string(w.name));
    guarded g;
    g.of_a.deny(std::string(self_subject), w.call ? access_verb::call : access_verb::send, "shut");
    const std::uint64_t before = g.world.messages;
    CHECK(go(g, g.a(), w, "shut") == "denied");
    CHECK(g.world.messages == before);
    CHECK_FALSE(g.reached("shut"));
    CHECK(g.count("outgoing", 0) == 1);
  }
}

TEST_CASE("gate: messages of a node to itself are asked for, too") {
  for (const way& w : ways) {
    INFO(std::string(w.name));
    guarded g;
    engine& b = *g.world[1];
    CHECK(go(g, b, w, "open").empty());
    CHECK(g.reached("open"));
    g.of_b.deny(std::string(self_subject), w.call ? access_verb::call : access_verb::send, "shut");
    CHECK(go(g, b, w, "shut") == "denied");
    CHECK_FALSE(g.reached("shut"));
  }
}

TEST_CASE("gate: a peer that may not offer is asked on no way") {
  for (const way& w : ways) {
    INFO(std::string(w.name));
    guarded g;
    g.of_a.deny("proved:b", access_verb::offer, "shut");
    g.world.run_for(1s);
    CHECK_FALSE(go(g, g.a(), w, "shut").empty());
    CHECK_FALSE(g.reached("shut"));
    CHECK(go(g, g.a(), w, "open") == "");
    // The right comes back, and with it what was announced before.
    g.of_a.allow_all();
    CHECK(go(g, g.a(), w, "shut").empty());
    CHECK(g.reached("shut"));
  }
}

TEST_CASE("gate: who may not join a group gets none of its messages") {
  guarded g;
  g.of_a.deny("proved:b", access_verb::join, "g");
  const way to_group{"group", true, {.to = send_to::group, .name = "g"}};
  CHECK(go(g, g.a(), to_group, "open") == "not_found");
  CHECK(go(g, g.a(), ways[0], "open").empty());
  CHECK(g.count("table", 0) == 1);
  REQUIRE(!g.told_a.empty());
  CHECK(g.told_a[0].verb == "join");
}

TEST_CASE("gate: a stream ends with the item that is no longer allowed") {
  guarded g;
  g.answers = false;
  heard h;
  route where = to_service(g.a(), "shut");
  where.streams = true;
  const auto asked = ask(g.a(), where, "first", h);
  REQUIRE(asked.ok());
  g.world.run_for(100ms);
  message_out item;
  write_text(item, "second");
  REQUIRE(g.a().push(*asked, item, false, {}));
  g.world.run_for(100ms);
  CHECK(g.seen == std::vector<std::string>{"shut:first", "shut:second"});
  g.of_b.deny(who, access_verb::call, "shut");
  REQUIRE(g.a().push(*asked, item, false, {}));
  g.world.run_for(100ms);
  CHECK(g.seen.size() == 2);
  CHECK(h.lines == std::vector<std::string>{"refusal b: denied"});
  CHECK(g.cancelled == 1);  // the handler may forget it
  CHECK(g.count("item") == 1);
}

TEST_CASE("gate: a right that ends between two attempts ends the delivery, and the kept reply") {
  guarded g;
  g.world.cut(0, 1, true);
  g.world.run_for(100ms);
  std::string outcome = "open";
  route where = to_service(g.a(), "shut");
  where.guarantee = guarantee::exactly_once;
  where.deadline = 30s;
  message_out out;
  write_text(out, "x");
  REQUIRE(g.a().send(where, out, [&](const status& s) {
    outcome = s ? "ok" : std::string(to_string(s.error().kind()));
  }));
  g.world.run_for(1s);
  g.of_b.deny(who, access_verb::send, "shut");
  g.world.cut(0, 1, false);
  g.world.close_link(0, 1);
  CHECK(g.world.run_until([&] { return outcome != "open"; }));
  CHECK(outcome == "denied");
  CHECK_FALSE(g.reached("shut"));
}

TEST_CASE("gate: the peer learns a reference and nothing else; we learn the rest") {
  guarded g;
  g.of_b.deny(who, access_verb::call, "shut");
  heard h;
  REQUIRE(ask(g.a(), to_service(g.a(), "shut"), "x", h));
  g.world.run_for(1s);
  REQUIRE(h.errors.size() == 1);
  REQUIRE(g.told_b.size() == 1);
  CHECK(h.errors[0].find("denied, reference " + g.told_b[0].reference) != std::string::npos);
  for (const char* secret : {"shut", "proved", "rule", "version"})
    CHECK(h.errors[0].find(secret) == std::string::npos);
  CHECK(g.told_b[0].verb == "call");
  CHECK(g.told_b[0].node == "a");
  CHECK(g.told_b[0].version == 2);
  CHECK(g.told_b[0].number == 1);
}

TEST_CASE("gate: in steady state the policy is not asked again") {
  guarded g;
  (void)go(g, g.a(), ways[0], "open");
  const std::uint64_t at_a = g.of_a.asked;
  const std::uint64_t at_b = g.of_b.asked;
  for (int i = 0; i < 10; ++i) (void)go(g, g.a(), ways[0], "open");
  CHECK(g.of_a.asked == at_a);
  CHECK(g.of_b.asked == at_b);
  g.of_b.allow_all();  // another version: once more
  (void)go(g, g.a(), ways[0], "open");
  CHECK(g.of_b.asked > at_b);
}

TEST_CASE("gate: a table with many forbidden names is told of in bounds") {
  guarded g;
  for (int i = 0; i < 40; ++i)
    g.of_a.deny("proved:b", access_verb::offer, "many" + std::to_string(i));
  g.told_a.clear();
  for (int i = 0; i < 40; ++i) g.serve("many" + std::to_string(i));
  g.world.run_for(2s);
  CHECK(g.count("table", 0) >= 40);
  CHECK(g.told_a.size() <= 32);  // as one table or as two
  CHECK(!g.told_a.empty());
}

}  // namespace mw::routing
