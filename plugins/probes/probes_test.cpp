// probes_test: the answers tell the truth and name who is to blame.
// SPDX-License-Identifier: Apache-2.0
#include "reports.h"

#include <mw/testing.h>

namespace mw {
namespace {

const std::vector<plugin_status> mixed{
    {"tcp", "transport.tcp", "node.yaml:7", plugin_phase::ready, true, ""},
    {"raft", "raft", "node.yaml:9", plugin_phase::starting, true, "has no leader yet"},
    {"extra", "greeter", "node.yaml:11", plugin_phase::failed, false, "no luck"}};

TEST_CASE("readyz: names what blocks, and only that") {
  const admin_response answer = probes::ready(node_phase::starting, mixed, false);
  CHECK(answer.status == 503);
  CHECK(answer.body ==
        "[-] raft (raft, node.yaml:9) starting: has no leader yet\nnot ready: the node is "
        "starting\n");
}

TEST_CASE("readyz?verbose: lists every plug-in with its line") {
  const admin_response answer = probes::ready(node_phase::ready, mixed, true);
  CHECK(answer.status == 200);
  CHECK(answer.body.find("[+] tcp (transport.tcp, node.yaml:7) ready\n") != std::string::npos);
  CHECK(answer.body.find("[ ] extra (greeter, node.yaml:11) failed: no luck\n") !=
        std::string::npos);
}

TEST_CASE("startupz: stays 200 while the node drains, readyz does not") {
  CHECK(probes::startup(node_phase::starting).status == 503);
  CHECK(probes::startup(node_phase::draining).status == 200);
  CHECK(probes::ready(node_phase::draining, {}, false).status == 503);
}

TEST_CASE("probes: a running node answers") {
  test_node node(MW_PLUGIN_FILE);
  CHECK(node.call("/livez").body == "ok\n");
  CHECK(node.call("/readyz").status == 200);
  CHECK(node.call("/readyz?verbose").body.find("(probes, ") != std::string::npos);
  CHECK(node.call("/startupz").status == 200);
  CHECK(node.call("/status").body.find(R"("phase":"ready")") != std::string::npos);
}

}  // namespace
}  // namespace mw

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
