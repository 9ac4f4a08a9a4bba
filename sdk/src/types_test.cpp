// types_test: every text form reads back what it printed, and refuses what it must.
// SPDX-License-Identifier: Apache-2.0
#include <mw/types.h>

#include <doctest/doctest.h>

namespace mw {
namespace {

TEST_CASE("durations: units, fractions and refusals") {
  CHECK(parse_duration("250ms").value() == 250ms);
  CHECK(parse_duration("1.5s").value() == 1500ms);
  CHECK(parse_duration("2min").value() == 2min);
  CHECK(parse_duration("0").value() == 0s);
  for (const char* bad : {"", "5", "ms", "-1s", "1 s", "1e3s", "1sec", "999999999999d"})
    CHECK_MESSAGE(!parse_duration(bad), bad);
  CHECK(to_string(duration(90s)) == "90s");
  CHECK(to_string(duration(120s)) == "2min");
  CHECK(to_string(duration(1500ms)) == "1500ms");
  CHECK(to_string(duration(-5ms)) == "-5ms");
}

TEST_CASE("sizes, rates and ranges read back what they print") {
  for (const char* text : {"16MiB", "1GiB", "1500B", "4kB", "0B"})
    CHECK(to_string(parse_byte_size(text).value()) == text);
  CHECK(parse_byte_size("1KiB").value().count == 1024);
  CHECK(!parse_byte_size("16mb"));
  CHECK(parse_rate("30/min").value().per_second == doctest::Approx(0.5));
  CHECK(to_string(parse_rate("100/s").value()) == "100/s");
  CHECK(to_string(parse_byte_size("1234567891B").value()) == "1234567891B");
  CHECK(to_string(parse_duration("1234567891ns").value()) == "1234567891ns");
  CHECK(parse_range("1..4").value() == range{1, 4});
  CHECK(parse_range("4").value() == range{4, 4});
  for (const char* bad : {"4..1", "..4", "1..", "1...4", "a..b", "-1..4"}) CHECK(!parse_range(bad));
}

TEST_CASE("endpoints: addresses, names, brackets and unix paths") {
  for (const char* text : {"127.0.0.1:7400", "[::1]:80", "node.example:0", "unix:/run/mw.sock"})
    CHECK(to_string(parse_endpoint(text).value()) == text);
  for (const char* bad : {"", "host", ":80", "::1:80", "h:99999", "h:-1", "h:", "unix:", "[::1]",
                          "[]:7", "[[]]:7", "a b:7", "[a%b:7"})
    CHECK_MESSAGE(!parse_endpoint(bad), bad);
  CHECK(parse_endpoint("host").error().text().find("127.0.0.1:7400") != std::string::npos);
}

TEST_CASE("wall times are RFC 3339 in UTC") {
  CHECK(to_string(wall_time{0s}) == "1970-01-01T00:00:00.000Z");
  CHECK(to_string(wall_time{1'700'000'000'123ms}) == "2023-11-14T22:13:20.123Z");
}

}  // namespace
}  // namespace mw
