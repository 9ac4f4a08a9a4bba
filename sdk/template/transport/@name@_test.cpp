// @name@_test: links are counted, and the contract's promises hold.
// SPDX-License-Identifier: Apache-2.0
#include <mw/testing.h>
#include <mw/transport_conformance.h>

TEST_CASE("@name@: counts the links it made") {
  mw::test_node node(MW_PLUGIN_FILE);
  mw::listener_ptr door;
  mw::dial_ptr dialling;
  mw::link near;
  mw::link far;
  node.in_turn([&] {
    auto& transport = *node.contract<mw::transport>();
    auto listening = transport.listen({.host = "here", .port = 1},
                                      [&far](mw::link link) { far = std::move(link); });
    REQUIRE(listening);
    door = std::move(*listening);
    dialling = transport.dial({.to = door->local()}, [&near](mw::result<mw::link> link) {
      if (link) near = std::move(*link);
    });
  });
  CHECK(near.bytes != nullptr);
  CHECK(far.bytes != nullptr);
  CHECK(node.metric("mw_@class@_links_total") == 1);
}

MW_TRANSPORT_TESTS(MW_PLUGIN_FILE)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
