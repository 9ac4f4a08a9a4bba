// rotate_test: rotations against a node that is a real keeper reading the tool's own files.
// SPDX-License-Identifier: Apache-2.0
#include "certs.h"
#include "fake_io.h"
#include "keeper.h"
#include "pages.h"

#include <doctest/doctest.h>

namespace {

using mw::creds::fake_io;

class rotating_node {
 public:
  rotating_node() {
    REQUIRE(run({"make", "--dir", "d", "--domain", "mesh.test", "--node", "n1", "--dns",
                 "localhost", "--ip", "127.0.0.1"}) == 0);
    io.node = [this](std::string_view path, std::string_view body) { return answer(path, body); };
    look();
  }

  int run(std::vector<std::string_view> words) {
    io.out.clear();
    io.err.clear();
    return mw::creds::certs_tools().front().run(words, io);
  }

  mw::creds::look look() {
    mw::creds::candidate set;
    set.cert = {.name = "n1.pem", .text = io.files["d/n1.pem"]};
    set.key = {.name = "n1.key", .text = io.files["d/n1.key"]};
    set.ca = {.name = "ca.pem", .text = io.files["d/ca.pem"]};
    if (io.files.contains("d/crl.pem"))
      set.crl = {.name = "crl.pem", .text = io.files["d/crl.pem"]};
    return keeper.step(std::move(set), io.clock);
  }

  [[nodiscard]] std::uint64_t epoch() const { return keeper.current()->epoch; }

  fake_io io;
  mw::creds::keeper keeper{{}};

 private:
  mw::result<mw::node_answer> answer(std::string_view path, std::string_view body) {
    if (path == "/credentials/certs" && body.empty())
      return mw::node_answer{200, page_of(keeper, "certs")};
    if (path != "/credentials/certs/reload" || body.empty()) return mw::node_answer{404, "{}"};
    const auto outcome = look();
    return mw::node_answer{outcome == mw::creds::look::refused ? 409 : 200,
                           reload_answer(keeper, outcome)};
  }
};

}  // namespace

TEST_CASE("certs rotate: a node takes its new pair, with the same names") {
  rotating_node node;
  REQUIRE(node.epoch() == 1);
  const std::string old = node.io.files["d/n1.key"];
  REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);
  CHECK(node.io.out == "rotated: d/n1.pem, epoch 2\n");
  CHECK(node.epoch() == 2);
  CHECK(node.io.files["d/n1.key"] != old);
  CHECK(node.keeper.parts().front().about.names ==
        std::vector<std::string>{"localhost", "127.0.0.1"});
  node.io.as_json = true;
  REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);
  CHECK(node.io.out == R"({"outcome":"rotated","what":"d/n1.pem","epoch":3})"
                       "\n");
}

TEST_CASE("certs rotate: two hundred in a row") {
  rotating_node node;
  for (std::uint64_t round = 2; round <= 201; ++round) {
    REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);
    REQUIRE(node.epoch() == round);
  }
}

TEST_CASE("certs rotate: a node that refuses keeps its pair, and the files are brought back") {
  rotating_node node;
  const auto before = node.io.files;
  // The node trusts another authority than the one that issues.
  rotating_node other;
  node.io.files["d/issuer.pem"] = other.io.files["d/issuer.pem"];
  node.io.files["d/ca.key"] = other.io.files["d/ca.key"];
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 1);
  CHECK(node.io.err.find("TLS003") != std::string::npos);
  CHECK(node.io.err.find("the old pair is back") != std::string::npos);
  CHECK(node.io.files["d/n1.pem"] == before.at("d/n1.pem"));
  CHECK(node.io.files["d/n1.key"] == before.at("d/n1.key"));
  CHECK(node.look() == mw::creds::look::unchanged);
}

TEST_CASE("certs rotate: no node, no such stanza, other files") {
  rotating_node node;
  const auto before = node.io.files;
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n1", "--stanza", "other"}) == 1);
  CHECK(node.io.err.find("--stanza") != std::string::npos);
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n9"}) == 1);
  node.io.node = nullptr;
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 1);
  CHECK(node.io.files == before);
  node.io.node = [](std::string_view, std::string_view) {
    return mw::node_answer{200, R"({"epoch":7})"};
  };
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 1);
  CHECK(node.io.err.find("other files") != std::string::npos);
  CHECK(node.io.files == before);
  node.io.node = [](std::string_view, std::string_view) { return mw::node_answer{200, "hello"}; };
  CHECK(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 1);
}

TEST_CASE("certs rotate: a new authority in three steps, with revocation lists") {
  rotating_node node;
  REQUIRE(node.run({"revoke", "--dir", "d", "--none"}) == 0);
  CHECK(node.run({"rotate", "--dir", "d", "--ca", "use"}) == 1);
  CHECK(node.run({"rotate", "--dir", "d", "--ca", "drop"}) == 1);
  REQUIRE(node.run({"rotate", "--dir", "d", "--ca", "add"}) == 0);
  CHECK(node.keeper.problems().empty());
  CHECK(node.run({"rotate", "--dir", "d", "--ca", "add"}) == 1);  // not twice
  CHECK(node.run({"rotate", "--dir", "d", "--ca", "drop"}) == 1);
  REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);  // still from the old one
  const std::string old_issuer = node.keeper.parts().front().about.issuer;
  REQUIRE(node.run({"rotate", "--dir", "d", "--ca", "use"}) == 0);
  REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);
  CHECK(node.keeper.parts().front().about.issuer != old_issuer);
  REQUIRE(node.run({"rotate", "--dir", "d", "--ca", "drop"}) == 0);
  CHECK(node.keeper.problems().empty());
  REQUIRE(node.run({"rotate", "--dir", "d", "--node", "n1"}) == 0);
  REQUIRE(node.run({"revoke", "--dir", "d", "--none"}) == 0);
  CHECK(node.look() != mw::creds::look::refused);
  node.io.clock.since_epoch += std::chrono::hours(24);
  REQUIRE(node.run({"rotate", "--dir", "d", "--ca", "add"}) == 0);  // and again, a day later
}

TEST_CASE("certs rotate: an authority is changed without a node to tell") {
  rotating_node node;
  node.io.node = nullptr;
  CHECK(node.run({"rotate", "--dir", "d", "--ca", "add"}) == 0);
  CHECK(node.io.err.find("no node answers") != std::string::npos);
  CHECK(node.look() == mw::creds::look::adopted);
}
