// websocket: frames of RFC 6455 as a server reads and writes them; strict, bounded, no extensions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

// Strict UTF-8 over text that arrives in pieces; fails at the first byte that cannot be continued.
class utf8_checker {
 public:
  [[nodiscard]] bool take(std::string_view piece) noexcept;
  // Whether the text so far ends between characters.
  [[nodiscard]] bool whole() const noexcept { return due_ == 0; }

 private:
  [[nodiscard]] bool take_byte(std::uint8_t byte) noexcept;
  std::uint8_t due_ = 0;  // continuation bytes still missing
  std::uint8_t low_ = 0x80;
  std::uint8_t high_ = 0xBF;
};

enum class websocket_opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

namespace close_code {
inline constexpr std::uint16_t normal = 1000;
inline constexpr std::uint16_t going_away = 1001;
inline constexpr std::uint16_t protocol_error = 1002;
inline constexpr std::uint16_t none = 1005;  // the close frame said nothing; never on the wire
inline constexpr std::uint16_t invalid_text = 1007;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t too_big = 1009;
}  // namespace close_code

enum class websocket_event : std::uint8_t {
  more,       // all bytes were consumed; nothing is complete
  text,       // payload() is a whole message of valid UTF-8
  binary,     // payload() is a whole message
  ping,       // answer with a pong that has the same payload()
  pong,       // payload() is what the ping carried
  close,      // code() and payload(), the reason; nothing more is read
  violation,  // close with code(); payload() says what was wrong; nothing more is read
};

// Bytes of a client in, cut anywhere; one event a call out. Memory grows with what has arrived.
class websocket_decoder {
 public:
  explicit websocket_decoder(std::size_t message_bytes_max) : message_max_(message_bytes_max) {}

  // Consumes from the front of `in` up to the end of one message or control frame.
  [[nodiscard]] websocket_event feed(std::string_view& in);
  // Valid until the next feed().
  [[nodiscard]] std::string_view payload() const { return payload_; }
  [[nodiscard]] std::uint16_t code() const { return code_; }

 private:
  static constexpr std::size_t header_bytes_max = 14;

  [[nodiscard]] std::size_t header_size() const;
  websocket_event read_header(std::string_view& in);
  websocket_event check_start();
  websocket_event check_length();
  websocket_event read_payload(std::string_view& in);
  websocket_event finish_frame();
  websocket_event finish_close();
  websocket_event fail(std::uint16_t code, std::string_view why);

  [[nodiscard]] bool final() const { return (header_[0] & 0x80) != 0; }
  [[nodiscard]] bool control() const { return (header_[0] & 0x08) != 0; }
  [[nodiscard]] std::uint8_t opcode() const { return header_[0] & 0x0F; }
  [[nodiscard]] std::uint8_t short_length() const { return header_[1] & 0x7F; }

  std::size_t message_max_;
  std::string message_;  // the data message under assembly
  std::string control_;  // the control frame that may stand between its fragments
  std::string_view payload_;
  std::uint64_t remaining_ = 0;  // payload bytes of this frame still to come
  std::size_t have_ = 0;         // header bytes so far
  std::array<std::uint8_t, header_bytes_max> header_{};
  std::uint16_t code_ = close_code::none;
  std::uint8_t mask_at_ = 0;
  websocket_opcode kind_ = websocket_opcode::continuation;  // of the message; continuation: none
  utf8_checker text_;
  bool in_payload_ = false;
  bool delivered_ = false;  // message_ was handed out and is dropped at the next feed
  bool ended_ = false;
};

// Appends one unfragmented, unmasked frame. Control payloads must be at most 125 bytes.
void append_websocket_frame(std::string& out, websocket_opcode opcode, std::string_view payload);
// The reason is cut to what fits into a control frame, between characters.
void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason);

// Whether a peer may send `code` in a close frame.
[[nodiscard]] bool is_close_code(std::uint16_t code) noexcept;

}  // namespace mw::http
