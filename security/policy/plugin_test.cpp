// plugin_test: the policy of a node: from YAML and file, replaced, broken, and asked by pages.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/events_security.h>
#include <mw/policy.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace {

using std::chrono_literals::operator""ms;

mw::test_setup with(const std::string& options) {
  return {
      .libraries = {MW_PLUGIN_FILE},
      .yaml = "node: { id: n1, data_dir: /data }\nplugins:\n  subject: { use: security.policy, " +
              options + " }\n"};
}
constexpr auto call = mw::access_verb::call;

mw::decision ask(mw::test_node& node, std::string_view who, mw::access_verb verb,
                 std::string_view what) {
  mw::decision got;
  node.in_turn([&] { got = node.contract<mw::policy>()->authorize({who, verb, what}); });
  return got;
}

const std::string from_yaml =
    R"(roles: { writer: ["allow call stock.*", "deny call stock.secret"] }, )"
    R"(bindings: { writer: ["spiffe://m/svc/*"] })";

}  // namespace

TEST_CASE("policy: the YAML alone") {
  mw::test_node node(with(from_yaml));
  REQUIRE(node.ready());
  CHECK(ask(node, "spiffe://m/svc/a", call, "stock.get").allowed);
  const auto denied = ask(node, "spiffe://m/svc/a", call, "stock.secret");
  CHECK_FALSE(denied.allowed);
  CHECK(denied.rule == 2);
  CHECK(denied.version == 1);
  CHECK_FALSE(ask(node, "", call, "stock.get").allowed);
  (void)ask(node, "", call, "stock.get");
  CHECK(node.metric("mw_policy_allowed_total") == 1);
  CHECK(node.metric("mw_policy_denied_total", {{"verb", "call"}}) == 3);
  CHECK(node.metric("mw_policy_cache_hits_total") == 1);
  CHECK(node.metric("mw_policy_version") == 1);
  CHECK(node.metric("mw_policy_rules") == 2);
  const auto told = node.received<mw::policy_changed>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].problem.empty());
  CHECK(told[0].digest.size() == 64);
  node.in_turn([&] {
    CHECK(node.contract<mw::policy>()
              ->explain({"spiffe://m/svc/a", call, "stock.secret"})
              .find("roles.writer[1]") != std::string::npos);
  });
}

TEST_CASE("policy: a file that is missing, good, bad, good again; the last good one stays") {
  mw::test_node node(with(from_yaml + ", file: policy.txt, reload: 1s"));
  // Nothing is allowed before the file has been read: it may hold a deny.
  CHECK_FALSE(ask(node, "spiffe://m/svc/a", call, "stock.get").allowed);
  CHECK(node.metric("mw_policy_reload_failures_total") >= 1);
  CHECK(node.received<mw::alert_raised>().size() == 1);

  node.machine().disk().put("/data/policy.txt", "deny everybody call stock.count\n");
  node.run_for(1100ms);
  CHECK(node.metric("mw_policy_version") == 1);
  CHECK(ask(node, "spiffe://m/svc/a", call, "stock.get").allowed);
  CHECK_FALSE(ask(node, "spiffe://m/svc/a", call, "stock.count").allowed);
  CHECK(node.received<mw::alert_cleared>().size() == 1);

  node.machine().disk().put("/data/policy.txt", "allow everybody call\n");
  node.run_for(3100ms);
  CHECK(node.metric("mw_policy_version") == 1);
  CHECK(ask(node, "spiffe://m/svc/a", call, "stock.get").allowed);
  const auto alerts = node.received<mw::alert_raised>();
  REQUIRE(alerts.size() == 2);  // told once, not at each reading
  CHECK(alerts[1].text.find("policy.txt:1: ") != std::string::npos);

  node.machine().disk().put("/data/policy.txt", "deny everybody call stock.*\n");
  node.run_for(1100ms);
  CHECK(node.metric("mw_policy_version") == 2);
  CHECK_FALSE(ask(node, "spiffe://m/svc/a", call, "stock.get").allowed);
  CHECK(node.received<mw::alert_cleared>().size() == 2);

  // Unreadable for a while, then what it was: the alert goes, nothing changes.
  node.machine().disk().set({.read_error_ppm = 1'000'000});
  node.run_for(1100ms);
  CHECK(node.received<mw::alert_raised>().size() == 3);
  node.machine().disk().set({});
  node.run_for(1100ms);
  CHECK(node.received<mw::alert_cleared>().size() == 3);
  CHECK(node.metric("mw_policy_version") == 2);

  // Other words, the same policy: nothing changes.
  node.machine().disk().put("/data/policy.txt", "# as before\ndeny everybody call stock.*\n");
  node.run_for(1100ms);
  CHECK(node.metric("mw_policy_version") == 2);
}

TEST_CASE("policy: pages explain, rehearse and read again") {
  mw::test_node node(with(from_yaml + ", file: policy.txt, reload: 1h"));
  node.machine().disk().put("/data/policy.txt", "default deny\n");
  CHECK(node.call("/policy/reload", "{}").status == 202);
  node.run_for(100ms);
  CHECK(node.metric("mw_policy_version") == 1);
  CHECK(node.call("/policy").body.find("allow writer call stock.*") != std::string::npos);
  const auto why =
      node.call("/policy/explain?identity=spiffe://m/svc/a&verb=call&resource=stock.get");
  CHECK(why.status == 200);
  CHECK(why.body.find(R"("allowed":true)") != std::string::npos);
  CHECK(node.call("/policy/explain?verb=publish&resource=x").status == 400);
  const auto dry = node.call("/policy/check", "deny everybody call stock.*\n");
  CHECK(dry.status == 200);
  CHECK(dry.body.find("+ deny everybody call stock.*") != std::string::npos);
  CHECK(node.call("/policy/check", "nonsense\n").status == 400);
  CHECK(node.metric("mw_policy_version") == 1);
  mw::test_node plain(with(from_yaml));
  CHECK(plain.call("/policy/reload", "{}").status >= 400);
}

TEST_CASE("policy: wrong options are named") {
  mw::test_node node(with(R"(roles: { a: ["allow publish x"] })"));
  CHECK(node.failed().find("roles.a[0]: 'publish' is none of call") != std::string::npos);
  mw::test_node unknown(with(R"(bindings: { a: [self] })"));
  CHECK(unknown.failed().find("the role a has no rules") != std::string::npos);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
