// cool_down_test: windows, their ends, and memory that stays where it is.
// SPDX-License-Identifier: Apache-2.0
#include "gate/cool_down.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using mw::http::cool_down;
using mw::http::cool_down_key;
using namespace std::chrono_literals;

mw::time_point at(mw::duration since) {
  return mw::time_point{since};
}

}  // namespace

TEST_CASE("an address cools down after its failures, until its window ends") {
  cool_down book({.failures_max = 3, .window = 10s});
  CHECK_FALSE(book.failed("a", at(0s)));
  CHECK_FALSE(book.failed("a", at(1s)));
  CHECK_FALSE(book.cooling("a", at(1s)));
  CHECK(book.failed("a", at(2s)));
  CHECK(book.cooling("a", at(2s)));
  CHECK_FALSE(book.cooling("b", at(2s)));
  CHECK_FALSE(book.failed("a", at(3s)));
  CHECK(book.cooling("a", at(9s)));
  CHECK_FALSE(book.cooling("a", at(10s)));
  CHECK_FALSE(book.failed("a", at(10s)));
  CHECK_FALSE(book.cooling("a", at(10s)));
}

TEST_CASE("ten thousand addresses take the room of a few") {
  cool_down book({.failures_max = 2, .window = 30s, .addresses_max = 100});
  for (int i = 0; i < 10'000; ++i) {
    book.failed("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256), at(1s));
    CHECK(book.size() <= 100);
  }
  CHECK(book.forgotten() == 9900);
  book.failed("late", at(40s));
  CHECK(book.size() == 1);
  CHECK(book.forgotten() == 9900);
}

TEST_CASE("ten thousand failures of one address are one record") {
  cool_down book({.failures_max = 10, .window = 30s});
  int begun = 0;
  for (int i = 0; i < 10'000; ++i) begun += book.failed("a", at(1s)) ? 1 : 0;
  CHECK(begun == 1);
  CHECK(book.size() == 1);
}

TEST_CASE("who shares a fate") {
  const auto key = [](const char* host) { return cool_down_key({host, 1}); };
  CHECK(key("10.0.0.1") == "10.0.0.1");
  CHECK(key("::ffff:10.0.0.1") == "10.0.0.1");
  CHECK(key("2001:db8:1:2:3:4:5:6") == key("2001:db8:1:2::9"));
  CHECK(key("2001:db8:1:2::9") != key("2001:db8:1:3::9"));
  CHECK(key("2001:db8::a:b:c:d:e") == "2001:db8:0:a::/64");
  CHECK(key("::1") == "0:0:0:0::/64");
  CHECK(cool_down_key({"/run/x", 0, true}) == "unix");
}
