// hpack_test: the examples of RFC 7541, appendix C, and what no decoder may accept.
// SPDX-License-Identifier: Apache-2.0
#include "wire/hpack.h"

#include "wire/hpack_tables.h"

#include <doctest/doctest.h>

namespace mw::checks {
namespace {

std::string from_hex(std::string_view hex) {
  std::string out;
  int high = -1;
  for (const char c : hex) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) continue;
    if (high >= 0) out += static_cast<char>(high << 4 | digit);
    high = high < 0 ? digit : -1;
  }
  return out;
}

using headers = std::vector<header>;

headers decoded(hpack_decoder& by, std::string_view hex) {
  auto out = by.decode(from_hex(hex));
  REQUIRE_MESSAGE(out.ok(), out.error().text());
  return *out;
}

errc refused(std::string_view hex) {
  hpack_decoder one;
  const auto out = one.decode(from_hex(hex));
  REQUIRE(!out.ok());
  CHECK(!out.error().text().empty());
  return out.error().kind();
}

}  // namespace

TEST_CASE("hpack: literals, RFC 7541 C.2") {
  hpack_decoder one;
  CHECK(decoded(one, "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572") ==
        headers{{"custom-key", "custom-header"}});
  CHECK(decoded(one, "040c 2f73 616d 706c 652f 7061 7468") == headers{{":path", "/sample/path"}});
  CHECK(decoded(one, "1008 7061 7373 776f 7264 0673 6563 7265 74") ==
        headers{{"password", "secret"}});
  CHECK(decoded(one, "be") == headers{{"custom-key", "custom-header"}});  // it was kept
}

TEST_CASE("hpack: requests with Huffman codes, RFC 7541 C.4") {
  hpack_decoder one;
  const headers first = decoded(one, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff");
  CHECK(first == headers{{":method", "GET"},
                         {":scheme", "http"},
                         {":path", "/"},
                         {":authority", "www.example.com"}});
  headers second = first;
  second.push_back({"cache-control", "no-cache"});
  CHECK(decoded(one, "8286 84be 5886 a8eb 1064 9cbf") == second);
  CHECK(decoded(one, "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf") ==
        headers{{":method", "GET"},
                {":scheme", "https"},
                {":path", "/index.html"},
                {":authority", "www.example.com"},
                {"custom-key", "custom-value"}});
}

TEST_CASE("hpack: a response and a table that becomes smaller, RFC 7541 C.6") {
  hpack_decoder one;
  const headers first = decoded(one,
                                "3fe1 01"  // 256 bytes, as the example has it
                                "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504"
                                "0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae"
                                "43d3");
  CHECK(first == headers{{":status", "302"},
                         {"cache-control", "private"},
                         {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                         {"location",
                          "https:/"
                          "/www.example.com"}});
  // ":status 307" pushes ":status 302" out.
  const headers second = decoded(one, "4883 640e ffc1 c0bf");
  CHECK(second == headers{{":status", "307"},
                          {"cache-control", "private"},
                          {"date", "Mon, 21 Oct 2013 20:13:21 GMT"},
                          {"location",
                           "https:/"
                           "/www.example.com"}});
  // 62 to 65 are there, 66 was pushed out.
  CHECK(one.decode(from_hex("c2")).error().kind() == errc::invalid);
}

TEST_CASE("hpack: every byte has a code, and codes are found again") {
  // Encodes by the lengths alone, as the decoder derives codes.
  const auto& lengths = code_lengths();
  std::vector<std::uint32_t> codes(code_count);
  std::uint32_t code = 0;
  for (unsigned bits = 1; bits <= 30; ++bits) {
    code <<= 1U;
    for (std::size_t i = 0; i < code_count; ++i)
      if (lengths[i] == bits) codes[i] = code++;
  }
  CHECK(codes[256] == 0x3fffffff);  // RFC 7541, appendix B
  CHECK(codes['a'] == 0x3);
  CHECK(codes[255] == 0x3ffffee);
  std::string all;
  std::string coded;
  unsigned filled = 8;
  for (int byte = 0; byte < 256; ++byte) {
    all += static_cast<char>(byte);
    const auto at = static_cast<std::size_t>(byte);
    for (unsigned bit = lengths[at]; bit-- > 0;) {
      if (filled == 8) coded += '\0', filled = 0;
      const auto one = static_cast<unsigned>(codes[at] >> bit & 1U);
      coded.back() = static_cast<char>(coded.back() | static_cast<char>(one << (7 - filled)));
      ++filled;
    }
  }
  for (; filled < 8; ++filled)
    coded.back() = static_cast<char>(coded.back() | static_cast<char>(1U << (7 - filled)));
  const auto back = decode_huffman(coded, 256);
  REQUIRE(back.ok());
  CHECK(*back == all);
  CHECK(decode_huffman(coded, 255).error().kind() == errc::overloaded);
}

TEST_CASE("hpack: what is broken is refused") {
  CHECK(refused("80") == errc::invalid);                 // index 0
  CHECK(refused("be") == errc::invalid);                 // an empty table
  CHECK(refused("ff") == errc::invalid);                 // ends in a number
  CHECK(refused("ffff ffff ffff ff") == errc::invalid);  // a number without end
  CHECK(refused("400a 63") == errc::invalid);            // ends in a text
  CHECK(refused("4001 6101") == errc::invalid);          // ends before its value
  CHECK(refused("8220") == errc::invalid);               // resized in the middle
  CHECK(refused("3fe2 1f") == errc::invalid);            // a table of 4097 bytes
  CHECK(refused("0081 0000") == errc::invalid);          // wrong padding: zeros
  CHECK(refused("0082 1fff 00") == errc::invalid);       // wrong padding: more than a byte
  CHECK(refused("0084 ffff ffff 00") == errc::invalid);  // the end of a string in its middle
}

TEST_CASE("hpack: bounds hold") {
  std::string many(hpack_decoder::count_max + 1, '\x82');
  hpack_decoder one;
  CHECK(one.decode(many).error().kind() == errc::overloaded);
  many.pop_back();
  CHECK(one.decode(many).ok());
  std::string large;
  put_header(large, "a", std::string(hpack_decoder::list_max, 'x'));
  CHECK(one.decode(large).error().kind() == errc::overloaded);
  // A small block that names a large header of the table again and again.
  std::string kept = from_hex("4001 61") + '\x7f' + from_hex("a11e") + std::string(4000, 'y');
  REQUIRE(one.decode(kept).ok());
  CHECK(one.decode(std::string(10, '\xbe')).error().kind() == errc::overloaded);
  // What does not fit empties the table.
  hpack_decoder other;
  REQUIRE(other.decode(from_hex("4001 6101 62")).ok());
  std::string huge = from_hex("4001 61") + '\x7f' + from_hex("a11f") + std::string(4128, 'y');
  REQUIRE(other.decode(huge).ok());
  CHECK(other.decode("\xbe").error().kind() == errc::invalid);
}

TEST_CASE("hpack: what we write we can read") {
  std::string block;
  put_header(block, ":path", "/grpc.health.v1.Health/Check");
  put_header(block, "long", std::string(300, 'z'));
  hpack_decoder one;
  const auto back = one.decode(block);
  REQUIRE(back.ok());
  CHECK(*back ==
        headers{{":path", "/grpc.health.v1.Health/Check"}, {"long", std::string(300, 'z')}});
}

}  // namespace mw::checks
