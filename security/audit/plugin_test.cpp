// plugin_test: the log of a node over starts, crashes, full disks and floods; always verifiable.
// SPDX-License-Identifier: Apache-2.0
#include "verifier.h"

#include <mw/audit.h>
#include <mw/events.h>
#include <mw/events_security.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace mw::audit_log {
namespace {

test_setup with(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml = "node: { id: n1, data_dir: /data }\nplugins:\n  subject: { use: security.audit" +
                  options + " }\n"};
}

access_denied denial(std::uint64_t number) {
  return {.number = number,
          .reference = "r-" + std::to_string(number),
          .identity = "spiffe://m/a",
          .node = "a",
          .verb = "call",
          .resource = "orders",
          .path = "message",
          .rule = 3,
          .version = 1};
}

std::string file_of(int number) {
  return "audit/audit-0000000" + std::to_string(number) + ".jsonl";
}

// Walks the node's files; the fault, or "N records".
std::string verified(test_node& node, int files) {
  verifier v;
  for (int i = 1; i <= files; ++i) {
    v.begin_file(file_of(i));
    v.feed(node.file(file_of(i)));
  }
  v.finish();
  return v.fault().empty() ? std::to_string(v.records()) + " records" : v.fault();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("audit: events become records that verify") {
  test_node node(with(""));
  for (std::uint64_t i = 1; i <= 3; ++i) node.publish(denial(i));
  node.publish(admin_acted{.number = 1, .identity = "ops", .resource = "/policy/reload"});
  node.publish(identity_refused{.number = 1, .code = "AUTH007"});
  node.publish(policy_changed{.number = 1, .version = 2});
  node.run_for(1s);
  CHECK(verified(node, 1) == "7 records");
  const std::string text = node.file(file_of(1));
  CHECK(has(text, R"("reference":"r-2")"));
  CHECK(has(text, "AUTH007"));
  CHECK(has(text, "/policy/reload"));
  CHECK(node.metric("mw_audit_lost_total") == 0);
  verifier v;
  v.begin_file("f");
  v.feed(text);
  CHECK(node.call("/audit/head").body == to_string(v.last()));
  CHECK(has(node.call("/audit").body, R"("accepting":true)"));
}

TEST_CASE("audit: what never came is recorded as a gap; a publisher that begins anew is none") {
  test_node node(with(""));
  node.publish(denial(1));
  node.publish(denial(5));
  node.publish(denial(1));
  node.run_for(1s);
  CHECK(node.metric("mw_audit_lost_total") == 3);
  const std::string text = node.file(file_of(1));
  CHECK(has(text, R"("what":"audit.gap")"));
  CHECK(has(text, R"("records":3)"));
  CHECK(verified(node, 1) == "5 records");
}

TEST_CASE("audit: a full queue loses, counts, records and alerts; the log stays whole") {
  test_node node(with(", queue: 16KiB"));
  node.machine().disk().set({.slow_ppm = 1'000'000, .slow = 5s});
  for (std::uint64_t i = 1; i <= 200; ++i) node.publish(denial(i));
  const double lost = node.metric("mw_audit_lost_total");
  CHECK(lost > 0);
  CHECK(lost < 200);
  CHECK(node.received<alert_raised>().size() == 1);
  node.machine().disk().set({});
  node.run_for(60s);
  const std::string text = node.file(file_of(1));
  CHECK(has(text, R"("what":"audit.lost")"));
  CHECK(has(text, R"("records":)" + std::to_string(static_cast<int>(lost))));
  CHECK(verified(node, 1) == std::to_string(202 - static_cast<int>(lost)) + " records");
}

TEST_CASE("audit: full: deny says no while there is no room, and yes again") {
  const auto accepting = [](test_node& node) {
    bool yes = false;
    node.in_turn([&] { yes = node.contract<audit>()->accepting(); });
    return yes;
  };
  test_node node(with(", queue: 16KiB, full: deny"));
  CHECK(accepting(node));
  node.machine().disk().set({.slow_ppm = 1'000'000, .slow = 5s});
  for (std::uint64_t i = 1; i <= 60; ++i) node.publish(denial(i));
  CHECK_FALSE(accepting(node));
  node.machine().disk().set({});
  node.run_for(60s);
  CHECK(accepting(node));
  test_node careless(with(", queue: 16KiB"));
  careless.machine().disk().set({.slow_ppm = 1'000'000, .slow = 5s});
  for (std::uint64_t i = 1; i <= 60; ++i) careless.publish(denial(i));
  CHECK(accepting(careless));
}

TEST_CASE("audit: a disk that refuses is tried again; nothing that waited is lost or doubled") {
  test_node node(with(""));
  node.publish(denial(1));
  node.run_for(1s);
  node.machine().disk().set({.write_error_ppm = 1'000'000});
  for (std::uint64_t i = 2; i <= 10; ++i) node.publish(denial(i));
  node.run_for(5s);
  CHECK(node.metric("mw_audit_failures_total") == 1);
  CHECK(node.received<alert_raised>().size() == 1);
  node.machine().disk().set({});
  node.run_for(5s);
  CHECK(node.received<alert_cleared>().size() == 1);
  int files = 0;
  std::string all;
  for (const std::string& path : node.machine().disk().files())
    if (has(path, "/audit-")) {
      ++files;
      all += *node.machine().disk().content(path);
    }
  CHECK(files >= 2);
  for (int i = 1; i <= 10; ++i) {
    const std::string mine = "\"r-" + std::to_string(i) + "\"";
    const auto at = all.find(mine);
    CAPTURE(i);
    REQUIRE(at != std::string::npos);
    CHECK(all.find(mine, at + 1) == std::string::npos);
  }
  CHECK(has(verified(node, files), "records"));
  CHECK_FALSE(has(verified(node, files), ":"));
}

TEST_CASE("audit: a file is ended by size; the chain goes on in the next") {
  test_node node(with(", rotate_size: 256KiB, queue: 16MiB"));
  for (std::uint64_t i = 1; i <= 2000; ++i) node.publish(denial(i));
  node.run_for(10s);
  CHECK(node.file(file_of(1)).size() <= (256u << 10));
  CHECK(!node.file(file_of(2)).empty());
  int files = 1;
  while (!node.file(file_of(files + 1)).empty()) ++files;
  CHECK(verified(node, files) == std::to_string(2000 + files) + " records");
}

TEST_CASE("audit: a new start goes on where the last ended, and notices what was done to it") {
  head at;
  std::string before = seal(at, opening_fields({}, "t", "n1"));
  before += seal(at, R"("topic":"old")");
  test_setup setup = with("");
  setup.start = test_start::not_yet;
  test_node node(setup);
  node.machine().disk().put("/data/" + file_of(1), before + "{\"n\":3,\"to");
  node.machine().disk().put("/data/" + file_of(2), "");
  node.run_for(1s);
  node.publish(denial(1));
  node.run_for(1s);
  CHECK(verified(node, 3) == "4 records");
  CHECK(node.received<alert_raised>().empty());

  test_node damaged(setup);
  before[before.find("old")] = 'O';
  damaged.machine().disk().put("/data/" + file_of(1), before);
  damaged.run_for(1s);
  REQUIRE(damaged.received<alert_raised>().size() == 1);
  CHECK(damaged.received<alert_raised>()[0].name == "audit_damaged");
  CHECK(has(damaged.call("/audit").body, "the hash does not fit"));
}

}  // namespace mw::audit_log

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
