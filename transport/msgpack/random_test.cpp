// random_test: messages drawn from seeds: there and back, cut everywhere, every bit flipped.
// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <random>

namespace mw::msgpack {
namespace {

class maker {
 public:
  explicit maker(std::uint64_t seed) : draw_(seed) {}

  order message() {
    order o;
    o.id = number();
    o.change = static_cast<std::int64_t>(number());
    o.level = static_cast<std::int8_t>(number());
    o.port = static_cast<std::uint16_t>(number());
    o.paid = below(2) == 0;
    o.weight = std::bit_cast<float>(static_cast<std::uint32_t>(draw_()));
    o.price = std::bit_cast<double>(draw_());
    o.note = text();
    o.lines.resize(below(5));
    for (line& one : o.lines) one = {text(), static_cast<std::uint32_t>(number())};
    o.deltas.resize(below(40));
    for (std::int32_t& one : o.deltas) one = static_cast<std::int32_t>(number());
    if (below(2) == 0) o.coupon = text();
    if (below(3) != 0) o.document = slice::copy_of(std::string(below(300), '\xf0'));
    return o;
  }

 private:
  std::size_t below(std::size_t bound) { return draw_() % bound; }
  // Of every size equally often.
  std::uint64_t number() {
    const std::uint64_t size = draw_() >> below(64);
    return below(2) == 0 ? size : 0 - size;
  }
  std::string text() {
    std::string made;
    for (std::size_t left = below(50); left != 0; --left)
      made += below(9) == 0 ? "\xE2\x82\xAC" : std::string(1, static_cast<char>('a' + below(26)));
    return made;
  }

  std::mt19937_64 draw_;
};

bool same_bits(const order& a, const order& b) {
  return a.id == b.id && a.change == b.change && a.level == b.level && a.port == b.port &&
         a.paid == b.paid &&
         std::bit_cast<std::uint32_t>(a.weight) == std::bit_cast<std::uint32_t>(b.weight) &&
         std::bit_cast<std::uint64_t>(a.price) == std::bit_cast<std::uint64_t>(b.price) &&
         a.note == b.note && a.lines == b.lines && a.deltas == b.deltas && a.coupon == b.coupon &&
         a.document.text() == b.document.text();
}

TEST_CASE("random messages come back, bit by bit") {
  test_codec codec;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    const order made = maker(seed).message();
    order back;
    const std::string bytes = codec.bytes_of(made).value();
    REQUIRE(codec.read(bytes, back).ok());
    CHECK(same_bits(made, back));
    CHECK(codec.bytes_of(back).value() == bytes);
  }
}

TEST_CASE("cut anywhere: refused; one bit flipped: refused, or a message that can be sent") {
  test_codec codec;
  std::uint64_t accepted = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const std::string bytes = codec.bytes_of(maker(seed).message()).value();
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      order back;
      CHECK(!codec.read(bytes.substr(0, size), back).ok());
    }
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      order back;
      if (!codec.read(flipped, back).ok()) continue;
      ++accepted;
      CHECK(codec.bytes_of(back).ok());
    }
  }
  CHECK(accepted > 1000);  // most flips change a number or a letter
}

TEST_CASE("random messages through JSON, with and without their type") {
  test_codec codec;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    order made = maker(seed).message();
    made.weight = std::isnan(made.weight) ? 1 : made.weight;  // NaN keeps its name, not its bits
    made.price = std::isnan(made.price) ? 1 : made.price;
    const std::string bytes = codec.bytes_of(made).value();
    for (const message_type* type :
         {&message_type_of<order>, static_cast<const message_type*>(nullptr)}) {
      const auto json = codec->to_json(payload{as_bytes(bytes)}, type);
      REQUIRE(json.ok());
      message_out out;
      const status back = codec->from_json(*json, &message_type_of<order>, out);
      REQUIRE_MESSAGE(back.ok(), back.error().text());
      CHECK(as_text(out.written()) == bytes);
    }
  }
}

}  // namespace
}  // namespace mw::msgpack
