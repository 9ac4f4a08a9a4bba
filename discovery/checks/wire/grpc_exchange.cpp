// grpc_exchange: a client of one stream; whatever a server may do besides is answered or refused.
// SPDX-License-Identifier: Apache-2.0
#include "grpc_exchange.h"

#include "health_proto.h"

#include <charconv>

namespace mw::checks {

namespace {

enum frame_type : std::uint8_t {
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
};
constexpr std::uint8_t flag_ack = 1;
constexpr std::uint8_t flag_end_stream = 1;
constexpr std::uint8_t flag_end_headers = 4;
constexpr std::uint8_t flag_padded = 8;
constexpr std::uint8_t flag_priority = 32;
constexpr std::size_t head_bytes = 9;
constexpr std::size_t in_max = grpc_exchange::frame_max + head_bytes;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i)
    value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

void put_frame(std::string& to, std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
               std::string_view payload) {
  for (const unsigned shift : {16U, 8U, 0U})
    to += static_cast<char>(payload.size() >> shift & 255U);
  to += static_cast<char>(type);
  to += static_cast<char>(flags);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) to += static_cast<char>(stream >> shift & 255U);
  to += payload;
}

// No pushes, small header lists; all else as the defaults are.
std::string our_settings() {
  std::string out;
  const auto put = [&out](std::uint32_t id, std::uint32_t value) {
    for (const unsigned shift : {8U, 0U}) out += static_cast<char>(id >> shift & 255U);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 255U);
  };
  put(2, 0);                        // ENABLE_PUSH
  put(6, hpack_decoder::list_max);  // MAX_HEADER_LIST_SIZE
  return out;
}

// Padding off. False: broken.
bool strip(std::string_view& payload, std::uint8_t flags) {
  if ((flags & flag_padded) == 0) return true;
  if (payload.empty()) return false;
  const auto pad = static_cast<unsigned char>(payload.front());
  payload.remove_prefix(1);
  if (pad > payload.size()) return false;
  payload.remove_suffix(pad);
  return true;
}

std::string name_of_status(int code) {
  switch (code) {
    case 4:
      return "DEADLINE_EXCEEDED";
    case 5:
      return "NOT_FOUND: it does not know this service";
    case 7:
      return "PERMISSION_DENIED";
    case 12:
      return "UNIMPLEMENTED: it has no health service";
    case 14:
      return "UNAVAILABLE";
    case 16:
      return "UNAUTHENTICATED";
    default:
      return std::to_string(code);
  }
}

}  // namespace

grpc_exchange::grpc_exchange(const grpc_question& what) : what_(what) {
  output_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  put_frame(output_, settings, 0, 0, our_settings());
  std::string block;
  put_header(block, ":method", "POST");
  put_header(block, ":scheme", what_.secure ? "https" : "http");
  put_header(block, ":path", "/grpc.health.v1.Health/Check");
  put_header(block, ":authority", what_.authority);
  put_header(block, "content-type", "application/grpc");
  put_header(block, "te", "trailers");
  put_header(block, "grpc-timeout", std::to_string(what_.timeout / 1ms) + "m");
  put_header(block, "user-agent", "meshwright-check");
  put_frame(output_, headers, flag_end_headers, 1, block);
  put_frame(output_, data, flag_end_stream, 1, health_request(what_.service));
}

bool grpc_exchange::refuse(std::string why, bool bounded) {
  return finish(check_verdict::fail, std::move(why), bounded);
}

void grpc_exchange::answer(std::uint8_t type, std::uint8_t flags, std::string_view payload) {
  put_frame(output_, type, flags, 0, payload);
}

bool grpc_exchange::feed(std::string_view bytes) {
  while (!bytes.empty() || in_.size() >= head_bytes) {
    const std::size_t room = in_max - in_.size();
    in_ += bytes.substr(0, room);
    bytes.remove_prefix(std::min(room, bytes.size()));
    if (in_.size() < head_bytes) return false;
    if (!settled_ && in_.starts_with("HTTP/1.")) return refuse("it speaks HTTP/1, not HTTP/2");
    const std::size_t size = number_at(in_, 0, 3);
    if (size > frame_max)
      return refuse("a frame of " + std::to_string(size) + " bytes, " + std::to_string(frame_max) +
                        " is the limit: no HTTP/2, or no server for us",
                    true);
    if (in_.size() < head_bytes + size) {
      if (bytes.empty()) return false;
      continue;
    }
    const std::string whole = in_.substr(0, head_bytes + size);
    in_.erase(0, whole.size());
    const frame f{static_cast<std::uint8_t>(whole[3]), static_cast<std::uint8_t>(whole[4]),
                  number_at(whole, 5, 4) & 0x7fff'ffffU,
                  std::string_view(whole).substr(head_bytes)};
    if (++frames_ > frame_count_max)
      return refuse("more than " + std::to_string(frame_count_max) + " frames", true);
    if (take(f)) return true;
  }
  return false;
}

bool grpc_exchange::take(const frame& f) {
  if (!settled_ && f.type != settings) return refuse("it does not begin with its SETTINGS");
  if (block_open_ && f.type != continuation) return refuse("a header block is interrupted");
  switch (f.type) {
    case data:
      return take_data(f);
    case headers:
      return take_headers(f);
    case rst_stream:
      if (f.payload.size() != 4) return refuse("a broken RST_STREAM");
      if (f.stream != 1) return false;
      return refuse("the call was reset with code " + std::to_string(number_at(f.payload, 0, 4)));
    case settings:
      return take_settings(f);
    case push_promise:
      return refuse("a push, which was turned off");
    case ping:
      return take_ping(f);
    case goaway:
      if (f.payload.size() < 8) return refuse("a broken GOAWAY");
      // Calls up to the named one are still answered.
      if ((number_at(f.payload, 0, 4) & 0x7fff'ffffU) >= 1) return false;
      return refuse("the server goes away, code " + std::to_string(number_at(f.payload, 4, 4)));
    case continuation:
      return take_continuation(f);
    default:
      return false;  // windows, priorities, and what came after us
  }
}

bool grpc_exchange::take_settings(const frame& f) {
  if (f.stream != 0 || f.payload.size() % 6 != 0) return refuse("broken SETTINGS");
  settled_ = true;
  if ((f.flags & flag_ack) == 0) answer(settings, flag_ack, {});
  return false;
}

bool grpc_exchange::take_ping(const frame& f) {
  if (f.payload.size() != 8) return refuse("a broken PING");
  if ((f.flags & flag_ack) == 0) answer(ping, flag_ack, f.payload);
  return false;
}

bool grpc_exchange::take_headers(const frame& f) {
  if (f.stream != 1) return refuse("headers of a stream that nobody opened");
  std::string_view payload = f.payload;
  if (!strip(payload, f.flags)) return refuse("a broken padding");
  if ((f.flags & flag_priority) != 0) {
    if (payload.size() < 5) return refuse("a broken HEADERS frame");
    payload.remove_prefix(5);
  }
  ends_with_block_ = (f.flags & flag_end_stream) != 0;
  block_ = payload;
  block_open_ = true;
  return (f.flags & flag_end_headers) != 0 && block_ends();
}

bool grpc_exchange::take_continuation(const frame& f) {
  if (!block_open_ || f.stream != 1) return refuse("a continuation of nothing");
  if (block_.size() + f.payload.size() > block_max)
    return refuse("a header block of more than " + std::to_string(block_max) + " bytes", true);
  block_ += f.payload;
  return (f.flags & flag_end_headers) != 0 && block_ends();
}

bool grpc_exchange::block_ends() {
  block_open_ = false;
  const auto decoded = hpack_.decode(block_);
  block_.clear();
  if (!decoded) return refuse(decoded.error().text(), decoded.error().kind() == errc::overloaded);
  const auto number = [](const std::string& text, int& into) {
    const char* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, into);
    if (error != std::errc() || read != end) into = -2;
  };
  for (const header& one : *decoded) {
    if (one.name == ":status") number(one.value, http_status_);
    if (one.name == "grpc-status") number(one.value, grpc_status_);
    if (one.name == "grpc-message") grpc_message_ = one.value;
  }
  if (http_status_ >= 100 && http_status_ < 200) return false;  // the answer is still to come
  if (http_status_ != 200) return refuse("HTTP " + std::to_string(http_status_) + " for the call");
  return ends_with_block_ && stream_ends();
}

bool grpc_exchange::take_data(const frame& f) {
  if (f.stream != 1) return refuse("data of a stream that nobody opened");
  std::string_view payload = f.payload;
  if (!strip(payload, f.flags)) return refuse("a broken padding");
  if (body_.size() + payload.size() > body_max)
    return refuse("an answer of more than " + std::to_string(body_max) + " bytes", true);
  body_ += payload;
  return (f.flags & flag_end_stream) != 0 && stream_ends();
}

bool grpc_exchange::stream_ends() {
  if (grpc_status_ == -1) return refuse("the call ended without a grpc-status");
  if (grpc_status_ != 0) {
    std::string text = "grpc status " + name_of_status(grpc_status_);
    if (!grpc_message_.empty()) text += " " + quoted(grpc_message_);
    return refuse(std::move(text));
  }
  return judge_body();
}

bool grpc_exchange::judge_body() {
  const auto message = unframed(body_);
  if (!message) return refuse(message.error().text());
  const auto told = parse_health(*message);
  if (!told) return refuse(told.error().text());
  switch (*told) {
    case serving::serving:
      return finish(check_verdict::pass, "SERVING");
    case serving::not_serving:
      return refuse("NOT_SERVING");
    case serving::service_unknown:
      return refuse("SERVICE_UNKNOWN");
    case serving::unknown:
      break;
  }
  return refuse("UNKNOWN");
}

void grpc_exchange::end() {
  (void)refuse("the connection ended before the call was answered");
}

}  // namespace mw::checks
