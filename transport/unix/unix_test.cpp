// unix_test: paths, bounds and failures of unix links, on a simulated machine.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <mw/testing.h>
#include <mw/transport_conformance.h>

#include <optional>

namespace {

using mw::test_node;
using namespace std::chrono_literals;

constexpr const char* at_path = "listen: unix:/run/mw.sock";

// Dials and gives the outcome; the node's world runs meanwhile.
mw::result<mw::link> dial_now(test_node& node, const mw::endpoint& to) {
  std::optional<mw::result<mw::link>> outcome;
  mw::dial_ptr dialling;
  node.in_turn([&] {
    dialling = node.contract<mw::transport>()->dial(
        {.to = to}, [&outcome](mw::result<mw::link> made) { outcome = std::move(made); });
    CHECK(!outcome);
  });
  REQUIRE(node.run_until([&outcome] { return outcome.has_value(); }));
  node.in_turn([&dialling] { dialling.reset(); });
  return std::move(*outcome);
}

}  // namespace

TEST_CASE("rights of the socket file") {
  using mw::unix_sockets::access;
  CHECK(file_mode(access::owner) == 0600);
  CHECK(file_mode(access::group) == 0660);
  CHECK(file_mode(access::everyone) == 0666);
}

TEST_CASE("the YAML says where to listen") {
  const test_node node(MW_PLUGIN_FILE, at_path);
  const auto where = node.contract<mw::transport>()->configured();
  REQUIRE(where.size() == 1);
  CHECK(to_string(where.front()) == "unix:/run/mw.sock");
  const test_node wrong(MW_PLUGIN_FILE, "listen: 127.0.0.1:7400");
  CHECK(wrong.failed().find("transport.tcp") != std::string::npos);
}

TEST_CASE("a path on which nobody listens, and what is no path") {
  test_node node(MW_PLUGIN_FILE);
  const auto nobody = dial_now(node, {"/run/nobody.sock", 0, true});
  REQUIRE(!nobody.ok());
  CHECK(nobody.error().kind() == mw::errc::disconnected);
  CHECK(nobody.error().text().find("/run/nobody.sock") != std::string::npos);
  const auto tcp = dial_now(node, {"127.0.0.1", 7400});
  REQUIRE(!tcp.ok());
  CHECK(tcp.error().kind() == mw::errc::invalid);
  CHECK(tcp.error().text().find("unix:/path") != std::string::npos);
  CHECK(node.metric("mw_transport_dial_failures_total", {{"reason", "disconnected"}}) == 1);
  CHECK(node.metric("mw_transport_dial_failures_total", {{"reason", "invalid"}}) == 1);
  node.in_turn([&node] {
    const auto door = node.contract<mw::transport>()->listen({"127.0.0.1", 0}, [](mw::link) {});
    REQUIRE(!door.ok());
    CHECK(door.error().kind() == mw::errc::invalid);
  });
}

TEST_CASE("connections beyond connections_max are closed at once") {
  test_node node(MW_PLUGIN_FILE, "{ connections_max: 1 }");
  mw::listener_ptr door;
  std::vector<mw::link> guests;
  node.in_turn([&] {
    auto made = node.contract<mw::transport>()->listen(
        {"/run/mw.sock", 0, true},
        [&guests](mw::link accepted) { guests.push_back(std::move(accepted)); });
    REQUIRE(made.ok());
    door = std::move(*made);
  });
  std::vector<mw::result<mw::link>> mine;
  for (int i = 0; i < 3; ++i) mine.push_back(dial_now(node, door->local()));
  node.run_for(1s);
  CHECK(guests.size() == 1);
  CHECK(node.metric("mw_transport_refused_total", {{"reason", "connections_max"}}) == 2);
  node.in_turn([&] {
    mine.clear();
    guests.clear();
    door.reset();
  });
  CHECK(node.metric("mw_transport_open_links") == 0);
}

MW_TRANSPORT_TESTS(MW_PLUGIN_FILE, at_path)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, at_path)
