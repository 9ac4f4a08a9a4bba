// static_test: lists from the YAML and from a file that changes, breaks and comes back.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace {

mw::test_setup with(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, data_dir: /data }\nplugins:\n  subject: { use: "
              "discovery.static, " +
              options + " }\n"};
}

std::vector<std::string> addresses(mw::test_node& node) {
  std::vector<std::string> out;
  for (const mw::peer_found& peer : node.contract<mw::discovery>()->peers())
    out.push_back(peer.address);
  return out;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("static: peers and members of the YAML") {
  mw::test_node node(
      with("peers: [127.0.0.1:7402, 127.0.0.1:7401], members: [{ address: 127.0.0.1:7402, id: n2, "
           "zone: b }]"));
  CHECK(addresses(node) == list{"127.0.0.1:7401", "127.0.0.1:7402"});
  const auto found = node.received<mw::peer_found>();
  REQUIRE(found.size() == 2);
  CHECK(found[1].id == "n2");
  CHECK(found[1].zone == "b");
  CHECK(found[1].source == "subject");
  CHECK(node.metric("mw_discovery_static_peers") == 2);
  const auto page = node.call("/discovery/subject");
  CHECK(page.status == 200);
  CHECK(page.body.find(R"("address":"127.0.0.1:7402","id":"n2")") != std::string::npos);
}

TEST_CASE("static: a file that appears, changes, breaks and comes back") {
  mw::test_node node(with("peers: [127.0.0.1:7400], file: peers.txt, reload: 1s"));
  CHECK(addresses(node) == list{"127.0.0.1:7400"});
  CHECK(node.metric("mw_discovery_static_failures_total") >= 1);

  node.machine().disk().put("/data/peers.txt", "127.0.0.1:7401 id=n1\n127.0.0.1:7402\n");
  node.run_for(mw::duration(1'100'000'000));
  CHECK(node.ready());
  CHECK(addresses(node) == list{"127.0.0.1:7400", "127.0.0.1:7401", "127.0.0.1:7402"});

  node.machine().disk().put("/data/peers.txt", "127.0.0.1:7401 id=n1\nnonsense\n");
  node.run_for(mw::duration(1'100'000'000));
  CHECK(addresses(node).size() == 3);  // the last good list
  CHECK(node.received<mw::peer_lost>().empty());

  node.machine().disk().put("/data/peers.txt", "127.0.0.1:7401 id=n9\n");
  node.run_for(mw::duration(1'100'000'000));
  CHECK(addresses(node) == list{"127.0.0.1:7400", "127.0.0.1:7401"});
  const auto lost = node.received<mw::peer_lost>();
  REQUIRE(lost.size() == 1);
  CHECK(lost[0].address == "127.0.0.1:7402");
  CHECK(node.received<mw::peer_found>().back().id == "n9");
}

TEST_CASE("static: refresh looks at the file at once, and says when it cannot") {
  mw::test_node node(with("file: peers.txt, reload: 1h"));
  std::vector<mw::errc> failures;
  int fine = 0;
  const auto refresh = [&] {
    node.in_turn([&] {
      node.contract<mw::discovery>()->refresh([&](const mw::status& outcome) {
        outcome ? void(++fine) : failures.push_back(outcome.error().kind());
      });
    });
    node.run_for(mw::duration(10'000'000));
  };
  refresh();
  CHECK(failures == std::vector{mw::errc::not_found});
  node.machine().disk().put("/data/peers.txt", "127.0.0.1:7401\n");
  refresh();
  CHECK(fine == 1);
  CHECK(addresses(node).size() == 1);
}

TEST_CASE("static: callers beyond those that may wait are refused and counted") {
  mw::test_node node(with("peers: [127.0.0.1:7401]"));
  int fine = 0;
  int refused = 0;
  node.in_turn([&] {
    for (int i = 0; i < 1030; ++i)
      node.contract<mw::discovery>()->refresh([&](const mw::status& outcome) {
        ++(outcome ? fine : refused);
        if (!outcome) CHECK(outcome.error().kind() == mw::errc::overloaded);
      });
  });
  node.run_for(mw::duration(10'000'000));
  CHECK(fine == 1024);
  CHECK(refused == 6);
  CHECK(node.metric("mw_discovery_static_refresh_refused_total") == 6);
}

TEST_CASE("static: wrong options are named") {
  mw::test_node node(with("members: [{ address: 127.0.0.1:7402, id: 'a b' }]"));
  CHECK(node.failed().find("letters, digits") != std::string::npos);
}

MW_DISCOVERY_TESTS(MW_PLUGIN_FILE, "peers: [127.0.0.1:7400, 127.0.0.1:7401]")
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
