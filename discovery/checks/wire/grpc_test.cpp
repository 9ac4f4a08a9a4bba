// grpc_test: what a real gRPC 1.51 server said, byte by byte, and what no server should say.
// SPDX-License-Identifier: Apache-2.0
#include "wire/grpc_exchange.h"
#include "wire/health_proto.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::checks {
namespace {

std::string from_hex(std::string_view hex) {
  std::string out;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return out;
}

// Recorded from grpc++ 1.51.1: settings and window, then the answer.
constexpr std::string_view greeting =
    "0000180400000000000004003fffff0005003fffff000600002000fe030000000100000408000000000000"
    "3f0000000000040100000000";
constexpr std::string_view ok_headers =
    "00004e01040000000188400c636f6e74656e742d74797065106170706c69636174696f6e2f677270634014"
    "677270632d6163636570742d656e636f64696e67176964656e746974792c206465666c6174652c20677a6970";
constexpr std::string_view window_and_ping =
    "000004080000000000000000050000080600000000000000000000000000";
constexpr std::string_view ok_trailers = "00000f010500000001400b677270632d7374617475730130";
constexpr std::string_view unknown_service =
    "00005201050000000188400c636f6e74656e742d74797065106170706c69636174696f6e2f67727063400b"
    "677270632d7374617475730135000c677270632d6d6573736167651473657276696365206e616d6520756e"
    "6b6e6f776e";

std::string answer_with(std::string_view status_byte) {
  return from_hex(std::string(greeting) + std::string(window_and_ping) + std::string(ok_headers) +
                  "00000700000000000100000000" + "0208" + std::string(status_byte) +
                  std::string(ok_trailers));
}

std::string frame(unsigned type, unsigned flags, unsigned stream, const std::string& payload) {
  std::string out;
  for (const unsigned shift : {16U, 8U, 0U})
    out += static_cast<char>(payload.size() >> shift & 255U);
  out += static_cast<char>(type);
  out += static_cast<char>(flags);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(stream >> shift & 255U);
  return out + payload;
}

std::string block(std::initializer_list<std::pair<const char*, const char*>> all) {
  std::string out;
  for (const auto& [name, value] : all) put_header(out, name, value);
  return out;
}

const std::string settings = frame(4, 0, 0, "");
const std::string fine_head =
    frame(1, 4, 1, block({{":status", "200"}, {"content-type", "application/grpc"}}));
const std::string fine_tail = frame(1, 5, 1, block({{"grpc-status", "0"}}));

std::string said(const std::string& message) {
  std::string out(5, '\0');
  out[4] = static_cast<char>(message.size());
  return frame(0, 0, 1, out + message);
}

finding ask(const std::string& answer, std::size_t piece = 1U << 20U) {
  grpc_exchange talk(grpc_question{"shop.Orders", "127.0.0.1:50051", false, 3s});
  (void)talk.take_output();
  for (std::size_t at = 0; at < answer.size(); at += piece)
    if (talk.feed(std::string_view(answer).substr(at, piece))) return talk.outcome();
  talk.end();
  return talk.outcome();
}

std::string why(const std::string& answer) {
  const finding whole = ask(answer);
  CHECK(whole.verdict == check_verdict::fail);
  for (const std::size_t piece : {1, 5, 13}) CHECK(ask(answer, piece).output == whole.output);
  return whole.output;
}

}  // namespace

TEST_CASE("grpc: the request, byte by byte") {
  grpc_exchange talk(grpc_question{"a.B", "h:1", false, 1500ms});
  const std::string out = talk.take_output();
  CHECK(out.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  const std::string expected_block = block({{":method", "POST"},
                                            {":scheme", "http"},
                                            {":path", "/grpc.health.v1.Health/Check"},
                                            {":authority", "h:1"},
                                            {"content-type", "application/grpc"},
                                            {"te", "trailers"},
                                            {"grpc-timeout", "1500m"},
                                            {"user-agent", "meshwright-check"}});
  CHECK(out.substr(24) == frame(4, 0, 0, from_hex("000200000000000600004000")) +
                              frame(1, 4, 1, expected_block) +
                              frame(0, 1, 1, from_hex("0000000005") + "\x0a\x03" + "a.B"));
  CHECK(health_request("") == std::string(5, '\0'));
}

TEST_CASE("grpc: what a real server said") {
  for (const std::size_t piece : {1, 2, 9, 10, 100, 10'000}) {
    CAPTURE(piece);
    CHECK(ask(answer_with("01"), piece).verdict == check_verdict::pass);
    CHECK(ask(answer_with("01"), piece).output == "SERVING");
    CHECK(ask(answer_with("02"), piece).output == "NOT_SERVING");
    CHECK(ask(answer_with("02"), piece).verdict == check_verdict::fail);
    const finding unknown =
        ask(from_hex(std::string(greeting) + std::string(unknown_service)), piece);
    CHECK(unknown.verdict == check_verdict::fail);
    CHECK(unknown.output ==
          "grpc status NOT_FOUND: it does not know this service 'service name unknown'");
  }
}

TEST_CASE("grpc: settings and pings are answered") {
  grpc_exchange talk(grpc_question{});
  (void)talk.take_output();
  CHECK(!talk.feed(frame(4, 0, 0, "") + frame(6, 0, 0, "12345678") + frame(6, 1, 0, "87654321")));
  CHECK(talk.take_output() == frame(4, 1, 0, "") + frame(6, 1, 0, "12345678"));
}

TEST_CASE("grpc: padding, priorities, continuations and unknown frames") {
  const std::string head = block({{":status", "200"}, {"content-type", "application/grpc"}});
  const std::string padded = frame(1, 4 | 8 | 32, 1, std::string("\x03") + "prior" + head + "pad");
  const std::string split = frame(1, 0, 1, head.substr(0, 5)) + frame(9, 0, 1, head.substr(5, 6)) +
                            frame(9, 4, 1, head.substr(11));
  const std::string data =
      frame(0, 8, 1, std::string("\x02", 1) + from_hex("00000000020801") + "xx");
  for (const std::string& one : {padded, split})
    CHECK(ask(settings + frame(77, 0, 9, "new") + one + frame(2, 0, 1, "prior") + data + fine_tail)
              .output == "SERVING");
  CHECK(ask(settings + frame(1, 4, 1, block({{":status", "103"}})) + fine_head + said("\x08\x01") +
            fine_tail)
            .output == "SERVING");
}

TEST_CASE("grpc: what is no answer is a failure with a reason") {
  CHECK(why("") == "the connection ended before the call was answered");
  CHECK(why("HTTP/1.1 400 Bad Request\r\n\r\n").find("HTTP/1, not HTTP/2") != std::string::npos);
  CHECK(why(fine_head).find("SETTINGS") != std::string::npos);
  CHECK(why(frame(4, 0, 0, "12345")).find("broken SETTINGS") != std::string::npos);
  CHECK(why(settings + frame(6, 0, 0, "1")).find("broken PING") != std::string::npos);
  CHECK(why(settings + frame(3, 0, 1, from_hex("00000007"))).find("code 7") != std::string::npos);
  CHECK(why(settings + frame(7, 0, 0, from_hex("0000000000000002"))).find("goes away") !=
        std::string::npos);
  CHECK(why(settings + frame(5, 4, 1, "push")).find("push") != std::string::npos);
  CHECK(why(settings + frame(1, 4, 3, "")).find("nobody opened") != std::string::npos);
  CHECK(why(settings + frame(0, 0, 3, "")).find("nobody opened") != std::string::npos);
  CHECK(why(settings + frame(9, 4, 1, "")).find("continuation of nothing") != std::string::npos);
  CHECK(why(settings + frame(1, 0, 1, "") + said("")).find("interrupted") != std::string::npos);
  CHECK(why(settings + frame(1, 4 | 8, 1, "\x09x")).find("padding") != std::string::npos);
  CHECK(why(settings + frame(1, 4 | 32, 1, "abc")).find("broken HEADERS") != std::string::npos);
  CHECK(why(settings + frame(1, 4, 1, "\x80")).find("header block") != std::string::npos);
  CHECK(why(settings + frame(1, 5, 1, block({{":status", "503"}}))) == "HTTP 503 for the call");
  CHECK(why(settings + frame(1, 5, 1, block({{":status", "x"}}))) == "HTTP -2 for the call");
  CHECK(why(settings + frame(1, 5, 1, block({{":status", "200"}}))).find("without a grpc-status") !=
        std::string::npos);
  CHECK(why(settings + frame(1, 5, 1, block({{":status", "200"}, {"grpc-status", "12"}})))
            .find("UNIMPLEMENTED") != std::string::npos);
  CHECK(why(settings + fine_head + fine_tail).find("shorter than its frame") != std::string::npos);
  CHECK(why(settings + fine_head + said("\x08\x09") + fine_tail) == "UNKNOWN");
  CHECK(why(settings + fine_head + said("\x08") + fine_tail).find("cut") != std::string::npos);
}

TEST_CASE("grpc: bounds on frames, blocks, bodies and their number") {
  const auto bounded = [](const std::string& answer) {
    const finding what = ask(answer);
    CHECK(what.verdict == check_verdict::fail);
    CHECK(what.bounded);
    return what.output;
  };
  CHECK(bounded(settings + frame(0, 0, 1, std::string(16'385, 'x'))).find("16384") !=
        std::string::npos);
  CHECK(bounded(settings + fine_head + frame(0, 0, 1, std::string(4097, 'x'))).find("4096") !=
        std::string::npos);
  std::string endless = settings + frame(1, 0, 1, std::string(16'000, 'x'));
  for (int i = 0; i < 2; ++i) endless += frame(9, 0, 1, std::string(16'000, 'x'));
  CHECK(bounded(endless).find("32768") != std::string::npos);
  std::string flood = settings;
  for (int i = 0; i < 1001; ++i) flood += frame(6, 1, 0, "12345678");
  CHECK(bounded(flood).find("1000 frames") != std::string::npos);
  std::string huge;
  put_header(huge, "x", std::string(16'000, 'y'));
  std::string wide = settings + frame(1, 0, 1, huge) + frame(9, 4, 1, huge);
  CHECK(bounded(wide).find("header block") != std::string::npos);
}

TEST_CASE("grpc: health messages with fields of others, and broken ones") {
  CHECK(*parse_health("") == serving::unknown);
  CHECK(*parse_health("\x08\x01") == serving::serving);
  CHECK(*parse_health("\x08\x03") == serving::service_unknown);
  CHECK(*parse_health(std::string("\x10\x05\x1a\x02hi\x25wxyz\x21") + "12345678\x08\x02") ==
        serving::not_serving);
  CHECK(*parse_health("\x08\x81\x80\x80\x80\x80\x80\x80\x80\x80\x01") == serving::unknown);
  for (const std::string_view broken :
       {"\x08", "\x08\x80", "\x1a\x05hi", "\x0b", "\x25xyz", "\x80"})
    CHECK(!parse_health(broken).ok());
  CHECK(!parse_health(std::string_view("\0\1", 2)).ok());
  CHECK(!unframed("abcd").ok());
  CHECK(!unframed(from_hex("0100000000")).ok());
  CHECK(!unframed(from_hex("000000000201")).ok());
  CHECK(*unframed(from_hex("0000000001") + "x") == "x");
}

}  // namespace mw::checks
