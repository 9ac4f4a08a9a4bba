// swim_ipv6_test: real members over ::1, and members of both IP versions in one cluster.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <memory>
#include <string>

namespace mw::test {
namespace {

std::string node_file(const std::string& id, const std::string& options,
                      const std::string& folder) {
  return "node: { id: " + id + ", cluster: v6, data_dir: " + folder + "/" + id +
         " }\nplugins:\n  journal: { use: events_log, topics: \"peer.*\" }\n  swim: { use: "
         "discovery.swim, preset: local, " +
         options + " }\n";
}

// A member of the cluster and the endpoints that it says it has.
struct member {
  member(const scratch_folder& folder, const std::string& id, const std::string& options)
      : it({MW_BINARY, "run", folder.write(id + ".yaml", node_file(id, options, folder.path()))}) {
    REQUIRE(it.wait_for("is ready"));
  }
  // What follows `key` in the line that says where gossip has begun.
  [[nodiscard]] std::string endpoint(const std::string& key) const {
    const std::string all = it.out() + it.err();
    const std::size_t line = all.find("gossip has begun");
    const std::size_t at = all.find(key, line);
    REQUIRE(at != std::string::npos);
    return all.substr(at + key.size(), all.find_first_of(" \n", at) - at - key.size());
  }
  [[nodiscard]] bool knows(const std::string& id) {
    return it.wait_for(R"(\"id\":\")" + id + R"(\",)");
  }
  process it;
};

TEST_CASE("members over ::1 find each other, and see one of them end") {
  const scratch_folder folder;
  member one(folder, "n1", "bind: \"[0:0::1]:0\"");
  const std::string seeds = ", seeds: [\"" + one.endpoint("at=") + "\"]";
  CHECK(one.endpoint("at=").starts_with("[::1]:"));
  member two(folder, "n2", "bind: \"[::1]:0\"" + seeds);
  member three(folder, "n3", "bind: \"[::1]:0\"" + seeds);
  for (member* m : {&one, &two}) CHECK(m->knows("n3"));
  CHECK(three.knows("n1"));
  CHECK(three.knows("n2"));
  three.it.send(SIGKILL);
  for (member* m : {&one, &two}) CHECK(m->it.wait_for("peer.down/1"));
}

TEST_CASE("one member of both versions keeps those of one version together") {
  const scratch_folder folder;
  member both(folder, "n2", "bind: \"[::1]:0\", bind_also: \"127.0.0.1:0\"");
  member six(folder, "n1", "bind: \"[::1]:0\", seeds: [\"" + both.endpoint("at=") + "\"]");
  member four(folder, "n3", "bind: \"127.0.0.1:0\", seeds: [\"" + both.endpoint("also=") + "\"]");
  CHECK(six.knows("n3"));
  CHECK(four.knows("n1"));
  CHECK(both.knows("n1"));
  CHECK(both.knows("n3"));
  six.it.send(SIGKILL);
  CHECK(four.it.wait_for("peer.down/1"));
  for (const member* m : {&both, &four})
    CHECK((m->it.out() + m->it.err())
              .find(R"(peer.down/1\",\"from\":\"swim\",\"event\":{\"id\":\"n3)") ==
          std::string::npos);
}

}  // namespace
}  // namespace mw::test
