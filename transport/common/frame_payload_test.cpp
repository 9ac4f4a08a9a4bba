// frame_payload_test: each small payload, its bounds, and reasons of hostile peers.
// SPDX-License-Identifier: Apache-2.0
#include "frame_payload.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace mw::wire {
namespace {

std::string text_of(const failure& why, std::size_t* used) {
  std::array<std::byte, farewell_max> bytes;
  *used = write_farewell(why, bytes);
  return read_farewell(bytes_view(bytes).first(*used)).text();
}

TEST_CASE("frame_payload: credit") {
  std::array<std::byte, 5> bytes{};
  write_u32(0x01020304, bytes.data());
  CHECK(bytes[0] == std::byte{1});
  CHECK(read_credit(bytes_view(bytes).first(4)).value() == 0x01020304);
  CHECK_FALSE(read_credit(bytes));
  CHECK_FALSE(read_credit(bytes_view(bytes).first(3)));
  write_u32(0, bytes.data());
  CHECK_FALSE(read_credit(bytes_view(bytes).first(4)));
}

TEST_CASE("frame_payload: the size in front of a first fragment") {
  std::array<std::byte, 14> bytes{};
  write_u32(11, bytes.data());
  CHECK(read_fragment_size(bytes, 11).value() == 11);
  CHECK_FALSE(read_fragment_size(bytes, 10));
  write_u32(10, bytes.data());
  CHECK_FALSE(read_fragment_size(bytes, 100));  // this fragment is all of it already
  CHECK_FALSE(read_fragment_size(bytes_view(bytes).first(3), 100));
  write_u32(0xffffffff, bytes.data());
  auto lie = read_fragment_size(bytes, 1 << 20);
  REQUIRE_FALSE(lie);
  CHECK(lie.error().text().find("4294967295") != std::string::npos);
  CHECK(lie.error().text().find("1048576") != std::string::npos);
}

TEST_CASE("frame_payload: pings are short") {
  const std::array<std::byte, 17> bytes{};
  CHECK(check_ping(bytes_view(bytes).first(16)));
  CHECK_FALSE(check_ping(bytes));
}

TEST_CASE("frame_payload: reasons keep their kind and are cut between characters") {
  std::size_t used = 0;
  CHECK(text_of({errc::denied, "no"}, &used) == "no");
  CHECK(used == 3);
  CHECK(text_of({errc::denied, ""}, &used) == "the peer gave no reason");
  std::string text;
  for (int i = 0; i < 80; ++i) text += "\xe2\x82\xac";  // three bytes each: 240
  CHECK(text_of({errc::denied, text}, &used) == text.substr(0, 198));
  CHECK(used == 199);
  CHECK(text_of({errc::denied, std::string(200, 'x')}, &used) == std::string(200, 'x'));
  CHECK(used == farewell_max);

  std::array<std::byte, farewell_max> bytes;
  const auto size = write_farewell({errc::timed_out, "late"}, bytes);
  CHECK(read_farewell(bytes_view(bytes).first(size)).kind() == errc::timed_out);
  bytes[0] = std::byte{77};
  const failure newer = read_farewell(bytes_view(bytes).first(size));
  CHECK(newer.kind() == errc::internal);
  CHECK(newer.code() == 77);
}

TEST_CASE("frame_payload: reasons of hostile peers are harmless to show") {
  const auto shown = [](std::string_view text) { return read_farewell(as_bytes(text)).text(); };
  CHECK(shown("") == "the peer gave no reason");
  CHECK(shown("\x06"
              "a\r\n\x1b[2Jb\x7f") == "a???[2Jb?");
  CHECK(shown("\x06"
              "\xff\xc3[\xc3\xa4") == "??[\xc3\xa4");
  CHECK(shown("\x06" + std::string(5000, 'x')).size() == 200);
}

}  // namespace
}  // namespace mw::wire
