// lan_test: two real nodes on loopback find each other, by each way of a local network.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <memory>
#include <string>

namespace mw::test {
namespace {

// Other runs on this machine are other clusters.
std::string node_file(const std::string& way, const std::string& id, const std::string& port,
                      const std::string& folder) {
  const std::string run = std::to_string(::getpid());
  const std::string key = way == "mdns" ? "" : ", key: \"${LAN_TEST_KEY}\"";
  return "node: { id: " + id + ", cluster: run" + run + ", data_dir: " + folder + "/" + id +
         " }\nplugins:\n  journal: { use: events_log, topics: \"peer.*\" }\n  lan: { use: "
         "discovery." +
         way + ", address: \"127.0.0.1:" + port + "\"" + key + " }\n";
}

TEST_CASE("two nodes on loopback find each other, and hear the goodbye of one that stops") {
  for (const std::string way : {"mdns", "beacon", "broadcast"}) {
    CAPTURE(way);
    const scratch_folder folder;
    const std::string first = folder.write("n1.yaml", node_file(way, "n1", "7401", folder.path()));
    const std::string second = folder.write("n2.yaml", node_file(way, "n2", "7402", folder.path()));
    const process::variables key{"LAN_TEST_KEY=0123456789abcdef"};
    process one({MW_BINARY, "run", first}, key);
    process two({MW_BINARY, "run", second}, key);
    CHECK(one.wait_for("127.0.0.1:7402"));
    CHECK(two.wait_for("127.0.0.1:7401"));
    two.send(SIGTERM);
    CHECK(two.finish().code == 0);
    CHECK(one.wait_for("peer.lost"));
    one.send(SIGTERM);
    CHECK(one.finish().code == 0);
  }
}

}  // namespace
}  // namespace mw::test
