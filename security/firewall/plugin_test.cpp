// plugin_test: admission as transports see it, in a node.
// SPDX-License-Identifier: Apache-2.0
#include <mw/admission.h>
#include <mw/events_node.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace mw {
namespace {

using scope_ptr = std::unique_ptr<admission_scope>;

test_setup with(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, data_dir: /data }\nplugins:\n  firewall: { use: "
              "security.firewall, " +
              options + " }\n"};
}

// What arrives at the node, and what became of it.
struct visitors {
  explicit visitors(test_node& n) : node(n) {}
  ~visitors() {
    node.in_turn([this] { scopes.clear(); });
  }
  visitors(const visitors&) = delete;
  visitors& operator=(const visitors&) = delete;

  // Empty: let in. Otherwise the refusal's text.
  std::string arrive(const std::string& from, std::string_view listener = "tcp") {
    std::string refused;
    node.in_turn([&] {
      auto asked =
          node.contract<admission>("firewall")
              ->arrive({.host = from, .port = 1000, .local = from.starts_with("/")}, listener);
      if (!asked) {
        refused = asked.error().text();
        kind = asked.error().kind();
        return;
      }
      scopes.push_back(std::move(*asked));
      const std::size_t index = scopes.size() - 1;
      scopes.back()->on_eviction([this, index](const failure& why) {
        evictions.push_back(why.text());
        scopes[index].reset();  // as a link does
      });
    });
    return refused;
  }
  test_node& node;
  std::vector<scope_ptr> scopes;
  std::vector<std::string> evictions;
  errc kind{};
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}
double refused(test_node& node, std::string_view why) {
  return node.metric("mw_security_firewall_refused_total", {{"reason", why}});
}

}  // namespace

TEST_CASE("firewall: lists of the YAML, by the longest network") {
  test_node node(with("deny: [198.51.100.0/24], allow: [198.51.100.7], default: allow"));
  visitors all(node);
  CHECK(has(all.arrive("198.51.100.1"), "denied_list"));
  CHECK(all.kind == errc::denied);
  CHECK(has(all.arrive("::ffff:198.51.100.1"), "denied_list"));
  CHECK(all.arrive("198.51.100.7").empty());
  CHECK(all.arrive("/run/mw.sock").empty());
  CHECK(has(all.arrive("name.example"), "not a numeric address"));
  CHECK(refused(node, "denied_list") == 2);
  CHECK(node.metric("mw_security_firewall_connections_total", {{"how", "accepted"}}) == 2);
  CHECK(node.metric("mw_security_firewall_unproved") == 2);
  CHECK(node.metric("mw_security_firewall_listed") == 4);
}

TEST_CASE("firewall: what is dialled is asked for lists only") {
  test_node node(with("deny: [198.51.100.0/24], rates: [{ connections: 1/s, burst: 1 }]"));
  node.in_turn([&] {
    auto& gate = *node.contract<admission>("firewall");
    CHECK_FALSE(gate.depart({.host = "198.51.100.1", .port = 1}, "tcp"));
    for (int i = 0; i < 10; ++i) CHECK(gate.depart({.host = "192.0.2.1", .port = 1}, "tcp"));
    CHECK_FALSE(gate.depart({.host = "name.example", .port = 1}, "tcp"));
  });
  CHECK(node.metric("mw_security_firewall_connections_total", {{"how", "dialled"}}) == 10);
  CHECK(node.metric("mw_security_firewall_connections") == 0);
}

TEST_CASE("firewall: who says nothing in time is closed, often enough it has to stay away") {
  test_node node(
      with("unproved: { deadline: 2s }, cool_down: { threshold: 2.5, first: 10s, "
           "half_life: 1h }"));
  visitors all(node);
  for (int i = 0; i < 3; ++i) CHECK(all.arrive("192.0.2.1").empty());
  node.run_for(1900ms);
  CHECK(all.evictions.empty());
  node.run_for(200ms);
  CHECK(all.evictions.size() == 3);
  CHECK(has(all.evictions[0], "unproved_deadline"));
  CHECK(node.metric("mw_security_firewall_cool_downs_total") == 1);
  CHECK(node.metric("mw_security_firewall_banned", {{"why", "offences"}}) == 1);
  CHECK(has(all.arrive("192.0.2.1"), "cooling_down"));
  CHECK(has(node.call("/firewall").body, R"("network":"192.0.2.1","why":"offences")"));
  node.run_for(10s);
  CHECK(all.arrive("192.0.2.1").empty());
  CHECK(node.metric("mw_security_firewall_banned", {{"why", "offences"}}) == 0);
  CHECK(node.metric("mw_security_firewall_offences_total", {{"what", "handshake_slow"}}) == 3);
}

TEST_CASE("firewall: a peer that has said who it is stays beyond the deadline") {
  test_node node(with("unproved: { deadline: 2s }"));
  visitors all(node);
  CHECK(all.arrive("192.0.2.1").empty());
  node.in_turn([&] { CHECK(all.scopes[0]->authenticated("n2", true)); });
  node.run_for(1h);
  CHECK(all.evictions.empty());
  CHECK(node.metric("mw_security_firewall_peers") == 1);
  CHECK(has(node.call("/firewall").body, R"("peer":"n2","proven":true)"));
}

TEST_CASE("firewall: a person bans and pardons") {
  test_node node(with("default: allow"));
  visitors all(node);
  CHECK(all.arrive("192.0.2.1").empty());
  CHECK(node.call("/firewall/ban?address=192.0.2.0/24&for=10min", "{}").status == 200);
  node.run_for(1ms);
  CHECK(all.evictions.size() == 1);
  CHECK(has(all.arrive("192.0.2.9"), "banned"));
  CHECK(node.call("/firewall/pardon?address=192.0.2.0/24", "{}").status == 200);
  CHECK(all.arrive("192.0.2.9").empty());
  CHECK(node.metric("mw_security_firewall_pardons_total") == 1);
  CHECK(node.call("/firewall/pardon?address=192.0.2.0/24", "{}").status == 404);
  CHECK(node.call("/firewall/ban?address=nonsense", "{}").status == 400);
  CHECK(node.call("/firewall/ban", "{}").status == 400);
  CHECK(node.call("/firewall/ban?address=192.0.2.1&for=0s", "{}").status == 400);
  CHECK(node.call("/firewall/ban?address=192.0.2.1&for=1000h", "{}").status == 400);
  // A ban ends by itself.
  CHECK(node.call("/firewall/ban?address=192.0.2.1&for=1min", "{}").status == 200);
  node.run_for(61s);
  CHECK(all.arrive("192.0.2.1").empty());
}

TEST_CASE("firewall: frames beyond their rate, and unlimited kinds without asking") {
  test_node node(
      with("frames: [{ kind: ping, rate: 10/s, burst: 10, action: drop }, { kind: "
           "cancel, rate: 0/s }]"));
  visitors all(node);
  CHECK(all.arrive("192.0.2.1").empty());
  node.in_turn([&] {
    admission_scope& scope = *all.scopes[0];
    int pings = 0;
    for (int i = 0; i < 100; ++i) pings += scope.frame(11) == frame_verdict::pass ? 1 : 0;
    CHECK(pings == 10);
    CHECK(scope.frame(11) == frame_verdict::drop);
    CHECK(scope.frame(9) == frame_verdict::close);
    for (int i = 0; i < 200'000; ++i) REQUIRE(scope.frame(3) == frame_verdict::pass);
    CHECK(scope.frame(1000) == frame_verdict::pass);
  });
  CHECK(refused(node, "frame_dropped") == 91);
  CHECK(refused(node, "frame_closed") == 1);
  CHECK(node.metric("mw_security_firewall_offences_total", {{"what", "flood"}}) == 1);
}

TEST_CASE("firewall: many refusals raise an alert, quiet clears it") {
  test_node node(with("deny: [192.0.2.0/24], alert: 50/s"));
  visitors all(node);
  for (int i = 0; i < 60; ++i) (void)all.arrive("192.0.2.1");
  node.run_for(1100ms);
  const auto raised = node.received<alert_raised>();
  REQUIRE(raised.size() == 1);
  CHECK(raised[0].name == "firewall_refusals");
  CHECK(has(raised[0].text, "192.0.2.1"));
  CHECK(node.received<alert_cleared>().empty());
  node.run_for(12s);
  CHECK(node.received<alert_cleared>().size() == 1);
}

TEST_CASE("firewall: a file of lists that appears, breaks and comes back") {
  test_node node(with("file: lists.txt, reload: 1s"));
  visitors all(node);
  CHECK(node.metric("mw_security_firewall_read_failures_total") >= 1);
  CHECK(all.arrive("192.0.2.1").empty());
  node.machine().disk().put("/data/lists.txt", "deny 192.0.2.0/24\n");
  node.run_for(1100ms);
  CHECK(has(all.arrive("192.0.2.1"), "denied_list"));
  node.machine().disk().put("/data/lists.txt", "deny 192.0.2.0/24\nallow nonsense\n");
  node.run_for(1100ms);
  CHECK(has(all.arrive("192.0.2.1"), "denied_list"));  // the last good list
  node.machine().disk().put("/data/lists.txt", "deny 198.51.100.0/24\n");
  node.run_for(1100ms);
  CHECK(all.arrive("192.0.2.1").empty());
}

TEST_CASE("firewall: memory is booked, refused, and given back with the scope") {
  test_node node(with("unproved: { memory: 32KiB }"));
  visitors all(node);
  CHECK(all.arrive("192.0.2.1").empty());
  node.in_turn([&] {
    CHECK(all.scopes[0]->reserve(32 * 1024));
    CHECK_FALSE(all.scopes[0]->reserve(1));
  });
  CHECK(node.metric("mw_security_firewall_memory_bytes") == 32 * 1024);
  CHECK(refused(node, "memory_unproved") == 1);
  node.in_turn([&] { all.scopes.clear(); });
  CHECK(node.metric("mw_security_firewall_memory_bytes") == 0);
}

TEST_CASE("firewall: wrong options are named") {
  const auto failed = [](const std::string& options) { return test_node(with(options)).failed(); };
  CHECK(has(failed("deny: [10.0.0.1/8]"), "bits beyond its length"));
  CHECK(has(failed("allow: [host.example]"), "no address"));
  CHECK(has(failed("frames: [{ kind: ping }, { kind: ping }]"), "one rate per connection"));
  CHECK(has(failed("cool_down: { first: 10s, most: 5s }"), "must not be below first"));
}

}  // namespace mw

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
