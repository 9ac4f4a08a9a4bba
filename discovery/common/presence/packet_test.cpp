// packet_test: calls there and back, with a key and without, cut and changed anywhere.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/packet.h"

#include <doctest/doctest.h>

namespace mw::presence {
namespace {

const std::string key = "0123456789abcdef";

call sample() {
  return {.what = kind::here,
          .life = 77,
          .number = 3,
          .sent_ms = 1'700'000'000'000,
          .interval_ms = 1000,
          .cluster = "demo",
          .id = "n1",
          .zone = "a",
          .address = "10.0.0.1:7400"};
}
errc refused(const std::string& packet, const std::string& with = key) {
  const auto read = decode(as_bytes(packet), with);
  return read ? errc::internal : read.error().kind();
}

TEST_CASE("a call goes there and back") {
  for (const std::string& with : {std::string(), key}) {
    const auto read = decode(as_bytes(encode(sample(), with)), with);
    REQUIRE(read.ok());
    CHECK(*read == sample());
  }
  call ask{.what = kind::ask, .life = 1, .number = 1, .cluster = "", .id = "n"};
  CHECK(*decode(as_bytes(encode(ask, key)), key) == ask);
}

TEST_CASE("the bytes of version 1") {
  const call one{.what = kind::leave,
                 .life = 1,
                 .number = 2,
                 .sent_ms = 3,
                 .interval_ms = 4,
                 .cluster = "c",
                 .id = "n1"};
  const std::string wanted("MWP\1\2\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\0\0\0\0\3\0\0\0\4\1c\2n1\0\0",
                           37);
  CHECK(encode(one, "") == wanted);
}

TEST_CASE("with a key every bit counts") {
  const std::string good = encode(sample(), key);
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    CAPTURE(bit);
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << bit % 8));
    CHECK(refused(bad) != errc::internal);
  }
  CHECK(refused(good, "another key 1234") == errc::denied);
  CHECK(refused(good, "") == errc::denied);
  CHECK(refused(encode(sample(), "")) == errc::denied);
}

TEST_CASE("cut packets, other versions and kinds, names that are none") {
  const std::string good = encode(sample(), "");
  for (std::size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK(refused(good.substr(0, size), "") == errc::invalid);
  }
  CHECK(refused(good + "x", "") == errc::invalid);
  CHECK(refused(std::string(701, 'x'), "") == errc::invalid);
  std::string bad = good;
  bad[3] = 2;
  CHECK(refused(bad, "") == errc::unsupported);
  bad = good;
  bad[4] = 9;
  CHECK(refused(bad, "") == errc::invalid);
  const auto with = [](auto change) {
    call one = sample();
    change(one);
    return refused(encode(one, ""), "");
  };
  CHECK(with([](call& one) { one.id = ""; }) == errc::invalid);
  CHECK(with([](call& one) { one.id = "a\x1b"; }) == errc::invalid);
  CHECK(with([](call& one) { one.zone = std::string(129, 'z'); }) == errc::invalid);
  CHECK(with([](call& one) { one.address = "unix:/x"; }) == errc::invalid);
  CHECK(with([](call& one) { one.address = "10.0.0.1:0"; }) == errc::invalid);
  CHECK(with([](call& one) { one.address = ""; }) == errc::invalid);
}

}  // namespace
}  // namespace mw::presence
