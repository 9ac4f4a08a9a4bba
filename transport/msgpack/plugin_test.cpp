// plugin_test: the plug-in in a node: its contract, its options, its metrics.
// SPDX-License-Identifier: Apache-2.0
#include <mw/codec_conformance.h>
#include <mw/testing.h>

namespace {
struct point {
  std::int32_t x = 0;
  std::uint8_t y = 0;
  std::vector<std::string> names;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&point::x>("x", "Across."), mw::field<&point::y>("y", "Up."),
                          mw::field<&point::names>("names", "Called."));
  }
};
}  // namespace

TEST_CASE("msgpack: a message there and back, counted") {
  mw::test_node node(MW_PLUGIN_FILE);
  node.in_turn([&node] {
    mw::codec& codec = *node.contract<mw::codec>();
    mw::message_out out;
    CHECK(mw::encode(codec, point{-300, 255, {"a", "bc"}}, out).ok());
    point back;
    CHECK(mw::decode(codec, mw::payload{out.written()}, back).ok());
    CHECK(back.x == -300);
    CHECK(back.y == 255);
    CHECK(back.names == std::vector<std::string>{"a", "bc"});
    const auto bad = mw::decode(codec, mw::payload{mw::as_bytes("\x93\x01\xcd\x01\x2c\x90")}, back);
    REQUIRE(!bad.ok());
    CHECK(bad.error().text() == "point.y at byte 2: 300 is not within 0..255");
  });
  CHECK(node.metric("mw_msgpack_encoded_total") == 1);
  CHECK(node.metric("mw_msgpack_decoded_total") == 1);
  CHECK(node.metric("mw_msgpack_refused_total", {{"reason", "range"}}) == 1);
}

MW_CODEC_TESTS(MW_PLUGIN_FILE)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
