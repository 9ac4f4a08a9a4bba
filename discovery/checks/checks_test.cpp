// checks_test: the plug-in in a node: what it finds at servers that are well, bad, slow or hostile.
// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <mw/events.h>
#include <mw/health_checks.h>
#include <mw/testing.h>

namespace {

using mw::checks::check_changed;
using namespace std::chrono_literals;

// A node with a target at port 8080 and the checks in `checks`, each a line.
mw::test_setup setup(const std::string& checks, const std::string& options = {},
                     const std::string& mode = "ok") {
  return {.libraries = {MW_PLUGIN_FILE, MW_TEST_PLUGINS "/check_target.so"},
          .yaml =
              "node: { id: n1 }\nplugins:\n"
              "  target: { use: check_target, listen: \"127.0.0.1:8080\", mode: " +
              mode +
              " }\n"
              "  subject:\n    use: discovery.checks\n" +
              options + "    checks:\n" + checks};
}

std::string line(const std::string& name, const std::string& rest) {
  return "      - { name: " + name + ", " + rest + " }\n";
}
std::string at_target(const std::string& name, const std::string& rest) {
  return line(name, "target: \"127.0.0.1:8080\", " + rest);
}

double score(mw::test_node& node, const std::string& subject = "n1") {
  const auto* of = node.contract<mw::health_checks>();
  REQUIRE(of != nullptr);
  return of->score_of(subject).value_or(-1);
}

mw::check_view view(mw::test_node& node, const std::string& name) {
  for (const auto& one : node.contract<mw::health_checks>()->checks())
    if (one.name == name) return one;
  FAIL("no check of this name");
  return {};
}

double count(mw::test_node& node, const std::string& what) {
  return node.metric("mw_discovery_checks_" + what);
}

}  // namespace

TEST_CASE("checks: tcp, http and grpc find a server that is well") {
  mw::test_node node(setup(at_target("port", "kind: tcp") +
                           at_target("page", "kind: http, http: { contains: ready }")));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  node.run_for(5s);
  CHECK(view(node, "port").level == mw::check_level::passing);
  CHECK(view(node, "port").output == "connected to 127.0.0.1:8080");
  CHECK(view(node, "page").level == mw::check_level::passing);
  CHECK(view(node, "page").output == "HTTP 200");
  CHECK(score(node) == 1);
  const auto told = node.received<mw::health_changed>();
  REQUIRE(!told.empty());
  CHECK(told.back().subject == "n1");
  CHECK(told.back().by == "subject");
  CHECK(node.metric("mw_discovery_checks_level", {{"level", "passing"}}) == 2);
  CHECK(node.stop());
  CHECK(node.metric("mw_plugin_leaks_total") <= 0);

  mw::test_node grpc(
      setup(at_target("rpc", "kind: grpc, grpc: { service: shop.Orders }"), {}, "grpc"));
  grpc.run_for(5s);
  CHECK(view(grpc, "rpc").output == "SERVING");
  (void)grpc.call("/target/target?mode=grpc_bad", "{}");
  grpc.run_for(1min);
  CHECK(view(grpc, "rpc").level == mw::check_level::critical);
  CHECK(view(grpc, "rpc").output == "NOT_SERVING");
}

TEST_CASE("checks: of a name's addresses four are tried, one after the other") {
  mw::test_node node(
      setup(line("named",
                 "kind: tcp, target: \"many.example:8080\", interval: 1s, timeout: 900ms, "
                 "failures: 1, passes: 1")));
  auto& network = node.world().network();
  network.set_name("many.example", {"10.9.0.1", "10.9.0.2", "10.9.0.3", "127.0.0.1"});
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(node.run_until([&] { return view(node, "named").level == mw::check_level::passing; }));
  network.set_name("many.example", {"10.9.0.1", "10.9.0.2", "10.9.0.3", "10.9.0.4", "127.0.0.1"});
  CHECK(node.run_until([&] { return view(node, "named").level == mw::check_level::critical; }));
}

TEST_CASE("checks: a server that fails becomes critical after so many looks, and recovers") {
  mw::test_node node(
      setup(at_target("page", "kind: http, interval: 1s, timeout: 500ms, jitter: 0, alert: true")));
  node.run_for(5s);
  (void)node.call("/target/target?mode=bad", "{}");
  node.run_for(1500ms);
  CHECK(score(node) == 1);  // one look or two
  node.run_for(2500ms);
  CHECK(score(node) == 0);
  CHECK(node.metric("mw_discovery_checks_critical", {{"check", "page"}}) == 1);
  CHECK(count(node, "score_lowest") == 0);
  (void)node.call("/target/target?mode=ok", "{}");
  node.run_for(5s);
  CHECK(score(node) == 1);
  CHECK(node.metric("mw_discovery_checks_critical", {{"check", "page"}}) == 0);
  const auto levels = node.received<check_changed>();
  REQUIRE(levels.size() == 3);
  CHECK(levels[0].former == "unknown");
  CHECK(levels[1].level == "critical");
  CHECK(levels[1].output == "HTTP 503, which is not one of the expected");
  CHECK(levels[2].level == "passing");
  REQUIRE(node.received<mw::alert_raised>().size() == 1);
  CHECK(node.received<mw::alert_raised>()[0].name == "check.page");
  CHECK(node.received<mw::alert_cleared>().size() == 1);
}

TEST_CASE("checks: silence, garbage, floods and refusals are failures with a reason") {
  struct expectation {
    const char* mode;
    const char* kind;
    const char* says;
  };
  for (const expectation& one :
       {expectation{"silent", "http", "no whole answer from 127.0.0.1:8080 within 500ms"},
        {"silent", "grpc", "no whole answer"},
        {"garbage", "http", "no HTTP/1.1 answer"},
        {"garbage", "grpc", "ended before the call was answered"},
        {"flood", "http", "a head of more than 16384 bytes"},
        {"ok", "grpc", "HTTP/1, not HTTP/2"},
        {"grpc", "http", "ended in the middle of the answer"},
        {"close", "http", ""}}) {
    CAPTURE(one.mode);
    CAPTURE(one.kind);
    mw::test_node node(
        setup(at_target("it", std::string("kind: ") + one.kind + ", interval: 1s, timeout: 500ms"),
              {}, one.mode));
    node.run_for(10s);
    CHECK(view(node, "it").level == mw::check_level::critical);
    CHECK_MESSAGE(view(node, "it").output.find(one.says) != std::string::npos,
                  view(node, "it").output);
    CHECK(count(node, "running") <= 1);
    CHECK(node.stop());
    CHECK(node.metric("mw_plugin_leaks_total") <= 0);
  }
  mw::test_node nobody(setup(line("it",
                                  "kind: tcp, target: \"127.0.0.1:9\", interval: 1s, "
                                  "timeout: 500ms")));
  nobody.run_for(10s);
  CHECK(view(nobody, "it").level == mw::check_level::critical);
  CHECK(view(nobody, "it").output.find("127.0.0.1:9") != std::string::npos);
}

TEST_CASE("checks: names are resolved, and their addresses tried one after the other") {
  mw::test_node node(setup(line("it", "kind: tcp, target: \"web.example:8080\"") +
                           line("lost", "kind: tcp, target: \"nobody.example:8080\"")));
  node.world().network().set_name("web.example", {"10.9.9.9", "127.0.0.1"});
  node.run_for(20s);
  CHECK(node.run_until([&] { return view(node, "it").runs > 0; }));
  CHECK(view(node, "lost").output.find("nobody.example") != std::string::npos);
}

TEST_CASE("checks: a bad body counts by its bound") {
  mw::test_node node(
      setup(at_target("short",
                      "kind: http, interval: 1s, timeout: 500ms, http: { contains: ready, "
                      "body_max: 4B }")));
  node.run_for(10s);
  CHECK(view(node, "short").level == mw::check_level::critical);
  CHECK(count(node, "bounded_total") > 0);
}

TEST_CASE("checks: verdicts are pushed by contract and by page; silence ends them") {
  mw::test_node node(setup(line("backup", "kind: ttl, interval: 30s, subject: jobs")));
  node.in_turn([&] {
    auto* const to = node.contract<mw::health_checks>();
    CHECK(to->push({"backup", "", mw::check_verdict::pass, "12 GB"}));
    CHECK(to->push({"nothing", "", mw::check_verdict::pass, ""}).error().kind() ==
          mw::errc::not_found);
  });
  CHECK(score(node, "jobs") == 1);
  node.run_for(31s);
  CHECK(score(node, "jobs") == 0);
  CHECK(view(node, "backup").output == "no verdict was pushed for 30s");
  const auto pushed = node.call("/checks/subject/push?check=backup&verdict=warn&output=slow", "{}");
  CHECK(pushed.status == 200);
  node.run_for(1s);
  CHECK(score(node, "jobs") == 0.5);
  CHECK(node.call("/checks/subject/push?check=backup&verdict=fine", "{}").status == 400);
  CHECK(node.call("/checks/subject/push?check=other&verdict=pass", "{}").status == 404);
}

TEST_CASE("checks: the page shows subjects and checks, as JSON and as text") {
  mw::test_node node(setup(at_target("port", "kind: tcp, weight: 2, critical: true")));
  node.run_for(5s);
  const std::string json = node.call("/checks/subject").body;
  CHECK(json.find(R"({"subject":"n1","score":1,"reason":"its check passes"})") !=
        std::string::npos);
  CHECK(
      json.find(R"("check":"port","subject":"n1","level":"passing","weight":2,"critical":true)") !=
      std::string::npos);
  const std::string text = node.call("/checks/subject?text=1").body;
  CHECK(text.find("score 1.00  its check passes\n") != std::string::npos);
  CHECK(text.find("port") != std::string::npos);
}

TEST_CASE("checks: no more looks than allowed, and all get their turn") {
  std::string many;
  for (int i = 0; i < 30; ++i)
    many += at_target("c" + std::to_string(i), "kind: http, interval: 2s, timeout: 1s");
  mw::test_node node(setup(many, "    concurrent: 3\n", "silent"));
  double most = 0;
  for (int i = 0; i < 100; ++i) {
    node.run_for(100ms);
    most = std::max(most, count(node, "running"));
  }
  CHECK(most == 3);
  CHECK(count(node, "waiting") > 0);
  CHECK(count(node, "put_off_total") > 0);
  node.run_for(20s);
  for (const auto& one : node.contract<mw::health_checks>()->checks()) CHECK(one.runs > 0);
}

TEST_CASE("checks: scores below 1 are told again for those who came later") {
  mw::test_node node(setup(at_target("page", "kind: http, interval: 1s, timeout: 500ms"),
                           "    repeat: 10s\n", "bad"));
  node.run_for(65s);
  const auto told = node.received<mw::health_changed>();
  CHECK(told.size() >= 6);
  CHECK(told.size() <= 8);
  for (const auto& one : told) CHECK(one.score == 0);
}

TEST_CASE("checks: the same seed gives the same run") {
  std::string pages[2];
  for (std::string& page : pages) {
    mw::test_node node(setup(at_target("a", "kind: http") + at_target("b", "kind: tcp")));
    node.run_for(200s);
    page = node.call("/checks/subject").body;
  }
  CHECK(pages[0] == pages[1]);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "checks: [{ name: a, kind: ttl }]")
