// policy_test: a node with routing, policy and audit: rights come and go, denials are written down.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events_security.h>
#include <mw/router.h>
#include <mw/services.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace {

using std::chrono_literals::operator""ms;

mw::test_setup guarded_node() {
  return {
      .libraries = {MW_PLUGIN_FILE, MW_LONELY_FILE, MW_MSGPACK_FILE, MW_POLICY_FILE, MW_AUDIT_FILE},
      .yaml =
          "node: { id: n1, zone: a, data_dir: /data }\n"
          "plugins:\n"
          "  subject: { use: routing }\n"
          "  wire: { use: routing_lonely }\n"
          "  msgpack: { use: transport.msgpack }\n"
          "  policy: { use: security.policy, file: policy.txt, reload: 100ms }\n"
          "  audit: { use: security.audit, full: deny, queue: 16KiB }\n"};
}

// What became of a call to "orders": empty when it was answered.
std::string ask(mw::test_node& node) {
  std::string outcome = "no answer";
  auto& router = *node.contract<mw::router>();
  node.in_turn([&] {
    mw::message_out out;
    out.append(mw::as_bytes("x"));
    const mw::route where{.service = router.open("orders").value()};
    const auto asked = router.call(where, out, [&](const mw::answer& a) {
      outcome = a.error != nullptr ? a.error->text() : std::string();
    });
    if (!asked) outcome = asked.error().text();
  });
  node.run_for(50ms);
  return outcome;
}

}  // namespace

TEST_CASE("routing: rights come and go with the policy, and the audit has what was denied") {
  mw::test_node node(guarded_node());
  auto& disk = node.machine().disk();
  mw::registration_ptr offered;
  auto& home = *node.contract<mw::services>();
  node.in_turn([&] {
    offered = home.serve("orders", {},
                         [&](const mw::incoming& in) {
                           mw::message_out out;
                           if (in.what == mw::incoming::kind::request)
                             (void)home.answer(in.reply, out, true, {});
                         })
                  .value();
  });
  // No policy yet: nothing is allowed.
  CHECK(ask(node).find("may not call orders") != std::string::npos);
  disk.put("/data/policy.txt", "allow me call orders\nbind me self\n");
  node.run_for(300ms);
  CHECK(ask(node).empty());
  disk.put("/data/policy.txt", "allow me call orders\ndeny everybody call orders\nbind me self\n");
  node.run_for(300ms);
  const std::string refused = ask(node);
  CHECK(refused.find("reference") != std::string::npos);
  const auto told = node.received<mw::access_denied>();
  REQUIRE(told.size() == 2);
  CHECK(told[1].rule == 2);
  CHECK(refused.find(told[1].reference) != std::string::npos);
  CHECK(node.metric("mw_router_denied_total", {{"path", "outgoing"}}) == 2);
  disk.put("/data/policy.txt", "allow me call orders\nbind me self\n");
  node.run_for(300ms);
  CHECK(ask(node).empty());

  // What cannot be written down does not happen.
  disk.set({.write_error_ppm = 1'000'000});
  node.publish(mw::admin_acted{.number = 1, .resource = "/x"});
  node.run_for(100ms);
  CHECK(ask(node).find("may not call orders") != std::string::npos);
  CHECK(node.metric("mw_policy_unrecorded_total") >= 1);
  disk.set({});
  node.run_for(3000ms);
  CHECK(ask(node).empty());

  const std::string log = node.file("audit/audit-00000001.jsonl");
  CHECK(log.find(told[0].reference) != std::string::npos);
  CHECK(log.find(told[1].reference) != std::string::npos);
  CHECK(log.find("policy.changed/1") != std::string::npos);
  node.in_turn([&] { offered.reset(); });
}
