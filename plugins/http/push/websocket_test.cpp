// websocket_test: the examples of RFC 6455, its rules one by one, and every cut.
// SPDX-License-Identifier: Apache-2.0
#include "push/websocket.h"

#include "push/handshake.h"
#include "wire/request_parser.h"

#include <doctest/doctest.h>

#include <vector>

namespace {

using mw::http::websocket_decoder;
using mw::http::websocket_event;
using mw::http::websocket_opcode;

struct heard {
  websocket_event event;
  std::string payload;
  std::uint16_t code;
  friend bool operator==(const heard&, const heard&) = default;
};

// What a server hears when `bytes` arrive in pieces of `piece` bytes.
std::vector<heard> listen(std::string_view bytes, std::size_t piece, std::size_t limit) {
  websocket_decoder decoder(limit);
  std::vector<heard> all;
  while (!bytes.empty()) {
    std::string_view in = bytes.substr(0, piece);
    bytes.remove_prefix(in.size());
    while (!in.empty()) {
      const auto event = decoder.feed(in);
      if (event == websocket_event::more) continue;
      all.push_back({event, std::string(decoder.payload()), decoder.code()});
    }
  }
  return all;
}

std::vector<heard> listen_all_ways(std::string_view bytes, std::size_t limit = 1000) {
  auto whole = listen(bytes, bytes.size(), limit);
  for (std::size_t piece = 1; piece < bytes.size(); ++piece)
    CHECK(listen(bytes, piece, limit) == whole);
  return whole;
}

// A client's frame. `first` is the first byte: 0x80 for final, then the opcode.
std::string frame(int first, std::string_view payload, std::string_view mask = "\x37\xfa\x21\x3d") {
  std::string out(1, static_cast<char>(first));
  if (payload.size() < 126) {
    out += static_cast<char>(0x80 | payload.size());
  } else if (payload.size() < 65536) {
    out += static_cast<char>(0x80 | 126);
    out += static_cast<char>(payload.size() >> 8);
    out += static_cast<char>(payload.size() & 0xFF);
  } else {
    out += static_cast<char>(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      out += static_cast<char>(payload.size() >> shift & 0xFF);
  }
  out += mask;
  for (std::size_t i = 0; i < payload.size(); ++i)
    out += static_cast<char>(payload[i] ^ mask[i % 4]);
  return out;
}

void check_violation(const std::string& bytes, std::uint16_t code, std::size_t limit = 1000) {
  const auto all = listen_all_ways(bytes + frame(0x89, "ignored"), limit);
  REQUIRE(!all.empty());
  CHECK(all.back().event == websocket_event::violation);
  CHECK(all.back().code == code);
  CHECK(!all.back().payload.empty());
}

std::string close_payload(int code, std::string_view reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)} +
         std::string(reason);
}

}  // namespace

TEST_CASE("RFC 6455 §5.7: the masked hello, and what a server sends") {
  const std::string_view hello("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", 11);
  CHECK(frame(0x81, "Hello") == hello);
  CHECK(listen_all_ways(hello) ==
        std::vector<heard>{{websocket_event::text, "Hello", mw::http::close_code::none}});
  std::string out;
  mw::http::append_websocket_frame(out, websocket_opcode::text, "Hello");
  CHECK(out == "\x81\x05Hello");
  out.clear();
  mw::http::append_websocket_frame(out, websocket_opcode::binary, std::string(256, 'x'));
  CHECK(out.substr(0, 4) == std::string_view("\x82\x7E\x01\x00", 4));
  out.clear();
  mw::http::append_websocket_frame(out, websocket_opcode::binary, std::string(65536, 'x'));
  CHECK(out.substr(0, 10) == std::string_view("\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00", 10));
}

TEST_CASE("fragments with control frames between them") {
  const auto all = listen_all_ways(frame(0x01, "Hel") + frame(0x89, "p") + frame(0x00, "") +
                                   frame(0x8A, "") + frame(0x80, "lo") + frame(0x82, "\xff") +
                                   frame(0x88, close_payload(1000, "bye")));
  REQUIRE(all.size() == 5);
  CHECK(all[0].event == websocket_event::ping);
  CHECK(all[0].payload == "p");
  CHECK(all[1].event == websocket_event::pong);
  CHECK(all[2].event == websocket_event::text);
  CHECK(all[2].payload == "Hello");
  CHECK(all[3].event == websocket_event::binary);
  CHECK(all[4].event == websocket_event::close);
  CHECK(all[4].code == 1000);
  CHECK(all[4].payload == "bye");
}

TEST_CASE("lengths of each form") {
  for (const std::size_t size : {0, 1, 125, 126, 127, 65535, 65536, 70000}) {
    CAPTURE(size);
    const std::string payload(size, 'x');
    for (const std::size_t piece : {size_t{1}, size_t{1000}, size_t{100000}})
      CHECK(listen(frame(0x82, payload), piece, 70000) ==
            std::vector<heard>{{websocket_event::binary, payload, mw::http::close_code::none}});
  }
}

TEST_CASE("frames that break the protocol") {
  check_violation(std::string("\x81\x05Hello"), 1002);  // not masked
  check_violation(frame(0xC1, "a"), 1002);              // reserved bit
  check_violation(frame(0x83, "a"), 1002);              // reserved opcodes
  check_violation(frame(0x8B, "a"), 1002);
  check_violation(frame(0x09, "a"), 1002);                             // fragmented ping
  check_violation(frame(0x89, std::string(126, 'x')), 1002);           // long ping
  check_violation(frame(0x80, "a"), 1002);                             // continues nothing
  check_violation(frame(0x01, "a") + frame(0x81, "b"), 1002);          // message in message
  check_violation(std::string("\x82\xFE\x00\x7D", 4) + "mask", 1002);  // 125 in two bytes
  check_violation(std::string("\x82\xFF\0\0\0\0\0\0\xFF\xFF", 10) + "mask", 1002);
  check_violation(std::string("\x82\xFF\x80\0\0\0\0\0\0\0", 10) + "mask", 1009);
}

TEST_CASE("messages are bounded over all their fragments") {
  CHECK(listen_all_ways(frame(0x02, std::string(6, 'x')) + frame(0x80, std::string(4, 'x')), 10)
            .size() == 1);
  check_violation(frame(0x02, std::string(6, 'x')) + frame(0x80, std::string(5, 'x')), 1009, 10);
  check_violation(frame(0x82, std::string(11, 'x')), 1009, 10);
}

TEST_CASE("text must be UTF-8, over fragments too") {
  const std::string kosme = "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xf0\x9f\x98\x80";
  for (std::size_t cut = 0; cut <= kosme.size(); ++cut)
    CHECK(listen_all_ways(frame(0x01, kosme.substr(0, cut)) + frame(0x80, kosme.substr(cut)))
              .at(0)
              .payload == kosme);
  check_violation(frame(0x81, "\xff"), 1007);
  check_violation(frame(0x81, "\xce"), 1007);      // ends inside a character
  check_violation(frame(0x81, "\xc0\xaf"), 1007);  // overlong
  check_violation(frame(0x81, "\xe0\x80\xaf"), 1007);
  check_violation(frame(0x81, "\xed\xa0\x80"), 1007);      // surrogate
  check_violation(frame(0x81, "\xf4\x90\x80\x80"), 1007);  // above U+10FFFF
  check_violation(frame(0x01, "\xf4\x90"), 1007);          // known to be wrong before the end
  check_violation(frame(0x01, "\xce") + frame(0x80, "x"), 1007);
}

TEST_CASE("close frames") {
  CHECK(listen_all_ways(frame(0x88, "")).at(0).code == mw::http::close_code::none);
  for (const int code : {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999})
    CHECK(listen_all_ways(frame(0x88, close_payload(code))).at(0).code == code);
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535})
    check_violation(frame(0x88, close_payload(code)), 1002);
  check_violation(frame(0x88, "x"), 1002);
  check_violation(frame(0x88, close_payload(1000, "\xff")), 1007);
  // What follows a close frame is not heard.
  CHECK(listen_all_ways(frame(0x88, "") + frame(0x81, "late")).size() == 1);
}

TEST_CASE("close frames that are sent") {
  std::string out;
  mw::http::append_websocket_close(out, 1001, "going");
  CHECK(out == std::string("\x88\x07\x03\xE9going"));
  out.clear();
  mw::http::append_websocket_close(out, mw::http::close_code::none, "unused");
  CHECK(out == std::string("\x88\x00", 2));
  out.clear();
  std::string reason;
  while (reason.size() < 130) reason += "\xC3\xA4";
  mw::http::append_websocket_close(out, 1000, reason);
  CHECK(out.size() == 2 + 2 + 122);  // 123 bytes fit, but the last character would be cut
}

TEST_CASE("the opening handshake") {
  CHECK(mw::http::websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const auto fault = [](std::string_view fields, std::string_view method = "GET") {
    const mw::http::request_limits limits;
    mw::http::request_parser parser(limits);
    const std::string bytes = std::string(method) + " /w HTTP/1.1\r\nHost: a\r\n" +
                              "Connection: Upgrade\r\nUpgrade: WebSocket\r\n" +
                              std::string(fields) + "\r\n";
    REQUIRE(parser.feed(bytes).event == mw::http::parse_event::complete);
    REQUIRE(mw::http::asks_for_websocket(parser.current()));
    return mw::http::websocket_fault(parser.current()).status;
  };
  const std::string key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const std::string version = "Sec-WebSocket-Version: 13\r\n";
  CHECK(fault(key + version) == 0);
  CHECK(fault(version) == 400);
  CHECK(fault(key) == 426);
  CHECK(fault(key + key + version) == 400);
  CHECK(fault(key + "Sec-WebSocket-Version: 8\r\n") == 426);
  CHECK(fault("Sec-WebSocket-Key: short==\r\n" + version) == 400);
  CHECK(fault("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25!ZQ==\r\n" + version) == 400);
  CHECK(fault(key + version, "POST") == 400);
}

TEST_CASE("SHA-1 and Base64 vectors") {
  const auto hex = [](std::string_view text) {
    std::string out;
    for (const auto byte : mw::http::sha1(text)) {
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 15];
    }
    return out;
  };
  CHECK(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hex(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  for (const auto& [plain, coded] :
       std::vector<std::pair<std::string_view, std::string_view>>{{"", ""},
                                                                  {"f", "Zg=="},
                                                                  {"fo", "Zm8="},
                                                                  {"foo", "Zm9v"},
                                                                  {"foob", "Zm9vYg=="},
                                                                  {"fooba", "Zm9vYmE="},
                                                                  {"foobar", "Zm9vYmFy"}})
    CHECK(mw::http::base64(plain) == coded);
}
