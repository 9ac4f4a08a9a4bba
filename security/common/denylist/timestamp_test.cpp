// timestamp_test: one form, and only times that exist.
// SPDX-License-Identifier: Apache-2.0
#include "timestamp.h"

#include <doctest/doctest.h>

using mw::denylist::parse_timestamp;
using mw::denylist::print_timestamp;

TEST_CASE("timestamp: there and back") {
  for (const char* text : {"1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2026-11-29T08:00:01Z",
                           "2100-02-28T12:00:00Z", "2261-12-31T23:59:59Z"}) {
    const auto time = parse_timestamp(text);
    REQUIRE(time);
    CHECK(print_timestamp(*time) == text);
  }
  CHECK(parse_timestamp("1970-01-02T00:00:01Z")->since_epoch == std::chrono::seconds(86'401));
  CHECK(print_timestamp({std::chrono::milliseconds(1999)}) == "1970-01-01T00:00:01Z");
}

TEST_CASE("timestamp: what is no time") {
  for (const char* text :
       {"", "2026", "2026-11-29", "2026-11-29T08:00:00", "2026-11-29t08:00:00Z",
        "2026-11-29T08:00:00z", "2026-11-29T08:00:00+00:00", "2026-11-29T08:00:00.0Z",
        "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-30T00:00:00Z",
        "2026-11-29T24:00:00Z", "2026-11-29T00:60:00Z", "2026-11-29T00:00:60Z",
        "1969-12-31T23:59:59Z", "2262-01-01T00:00:00Z", "+026-11-29T08:00:00Z"}) {
    INFO(text);
    const auto time = parse_timestamp(text);
    REQUIRE(!time);
    CHECK(time.error().kind() == mw::errc::invalid);
  }
}
