// websocket: header first, then payload, then the rules about what may follow what.
// SPDX-License-Identifier: Apache-2.0
#include "push/websocket.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <utility>

namespace mw::http {
namespace {

constexpr std::size_t control_bytes_max = 125;
constexpr std::size_t socket_kept_bytes_max = 256;

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift & 0xFF);
}

bool is_opcode(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

}  // namespace

bool utf8_checker::take(std::string_view piece) noexcept {
  return std::all_of(piece.begin(), piece.end(),
                     [this](char c) { return take_byte(static_cast<std::uint8_t>(c)); });
}

bool utf8_checker::take_byte(std::uint8_t byte) noexcept {
  if (due_ > 0) {
    if (byte < low_ || byte > high_) return false;
    --due_;
    low_ = 0x80;
    high_ = 0xBF;
    return true;
  }
  if (byte < 0x80) return true;
  if (byte < 0xC2 || byte > 0xF4) return false;
  due_ = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
  // The second byte's range excludes overlong forms, surrogates and values above U+10FFFF.
  low_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
  high_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
  return true;
}

websocket_event websocket_decoder::feed(std::string_view& in) {
  payload_ = {};
  if (std::exchange(delivered_, false)) {
    message_.clear();
    if (message_.capacity() > socket_kept_bytes_max) message_.shrink_to_fit();
  }
  websocket_event event = websocket_event::more;
  while (!ended_ && !in.empty() && event == websocket_event::more)
    event = in_payload_ ? read_payload(in) : read_header(in);
  if (ended_) in = {};
  return event;
}

// Two bytes, then as many length bytes as they ask for, then the mask.
std::size_t websocket_decoder::header_size() const {
  if (have_ < 2) return 2;
  return 6 + (short_length() == 126 ? 2U : short_length() == 127 ? 8U : 0U);
}

websocket_event websocket_decoder::read_header(std::string_view& in) {
  while (have_ < header_size() && !in.empty()) {
    header_[have_++] = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    if (have_ == 2)
      if (const auto fault = check_start(); fault != websocket_event::more) return fault;
  }
  return have_ < header_size() ? websocket_event::more : check_length();
}

websocket_event websocket_decoder::check_start() {
  const bool in_message = kind_ != websocket_opcode::continuation;
  if ((header_[0] & 0x70) != 0)
    return fail(close_code::protocol_error, "reserved bits are set without an extension");
  if (!is_opcode(opcode())) return fail(close_code::protocol_error, "the opcode is reserved");
  if ((header_[1] & 0x80) == 0)
    return fail(close_code::protocol_error, "a client's frame must be masked");
  if (control() && !final())
    return fail(close_code::protocol_error, "a control frame is fragmented");
  if (control() && short_length() > control_bytes_max)
    return fail(close_code::protocol_error, "a control frame has more than 125 bytes");
  if (!control() && (opcode() == 0) != in_message)
    return fail(close_code::protocol_error, in_message ? "a message begins inside another one"
                                                       : "a continuation continues nothing");
  return websocket_event::more;
}

websocket_event websocket_decoder::check_length() {
  std::uint64_t length = short_length();
  if (short_length() == 126) length = big_endian(&header_[2], 2);
  if (short_length() == 127) length = big_endian(&header_[2], 8);
  const std::uint64_t least = short_length() == 126 ? 126 : short_length() == 127 ? 65536 : 0;
  if (length < least) return fail(close_code::protocol_error, "the length is not minimal");
  if (!control() && length > message_max_ - message_.size())
    return fail(close_code::too_big, "the message is larger than this server accepts");
  remaining_ = length;
  mask_at_ = 0;
  in_payload_ = true;
  if (control()) control_.clear();
  if (!control() && opcode() != 0) {
    kind_ = static_cast<websocket_opcode>(opcode());
    text_ = {};
  }
  return remaining_ == 0 ? finish_frame() : websocket_event::more;
}

websocket_event websocket_decoder::read_payload(std::string_view& in) {
  std::string& into = control() ? control_ : message_;
  const std::size_t begin = into.size();
  const std::string_view data = in.substr(0, std::min<std::uint64_t>(in.size(), remaining_));
  const std::uint8_t* const mask = &header_[header_size() - 4];
  into.append(data);
  for (std::size_t i = begin; i < into.size(); ++i)
    into[i] = static_cast<char>(static_cast<std::uint8_t>(into[i]) ^ mask[mask_at_++ & 3]);
  in.remove_prefix(data.size());
  remaining_ -= data.size();
  const std::string_view fresh = std::string_view(into).substr(begin);
  if (!control() && kind_ == websocket_opcode::text && !text_.take(fresh))
    return fail(close_code::invalid_text, "the text is not UTF-8");
  return remaining_ == 0 ? finish_frame() : websocket_event::more;
}

websocket_event websocket_decoder::finish_frame() {
  have_ = 0;
  in_payload_ = false;
  if (control()) {
    payload_ = control_;
    if (opcode() == static_cast<std::uint8_t>(websocket_opcode::close)) return finish_close();
    return opcode() == static_cast<std::uint8_t>(websocket_opcode::ping) ? websocket_event::ping
                                                                         : websocket_event::pong;
  }
  if (!final()) return websocket_event::more;
  const bool is_text = kind_ == websocket_opcode::text;
  if (is_text && !text_.whole())
    return fail(close_code::invalid_text, "the text ends inside a character");
  kind_ = websocket_opcode::continuation;
  delivered_ = true;
  payload_ = message_;
  return is_text ? websocket_event::text : websocket_event::binary;
}

websocket_event websocket_decoder::finish_close() {
  code_ = close_code::none;
  if (control_.size() == 1) return fail(close_code::protocol_error, "a close code has two bytes");
  if (control_.size() >= 2) {
    const std::array<std::uint8_t, 2> bytes{static_cast<std::uint8_t>(control_[0]),
                                            static_cast<std::uint8_t>(control_[1])};
    const auto code = static_cast<std::uint16_t>(big_endian(bytes.data(), 2));
    if (!is_close_code(code)) return fail(close_code::protocol_error, "the close code is reserved");
    payload_.remove_prefix(2);
    if (!is_utf8(payload_)) return fail(close_code::invalid_text, "the close reason is not UTF-8");
    code_ = code;
  }
  ended_ = true;
  return websocket_event::close;
}

websocket_event websocket_decoder::fail(std::uint16_t code, std::string_view why) {
  ended_ = true;
  code_ = code;
  payload_ = why;
  return websocket_event::violation;
}

void append_websocket_frame(std::string& out, websocket_opcode opcode, std::string_view payload) {
  const auto code = static_cast<std::uint8_t>(opcode);
  MW_ASSERT(code < 8 || payload.size() <= control_bytes_max, "longer control frames do not exist");
  out += static_cast<char>(0x80 | code);
  if (payload.size() < 126) {
    out += static_cast<char>(payload.size());
  } else if (payload.size() < 65536) {
    out += static_cast<char>(126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(127);
    append_big_endian(out, payload.size(), 8);
  }
  out += payload;
}

void append_websocket_close(std::string& out, std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (code != close_code::none) {
    MW_ASSERT(is_close_code(code), "only codes that peers accept may be sent");
    append_big_endian(payload, code, 2);
    std::size_t end = 0;
    for (std::size_t next = utf8_length(reason); next != 0 && end + next <= control_bytes_max - 2;
         next = utf8_length(reason.substr(end)))
      end += next;
    payload += reason.substr(0, end);
  }
  append_websocket_frame(out, websocket_opcode::close, payload);
}

bool is_close_code(std::uint16_t code) noexcept {
  const bool registered =
      code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
  return registered || (code >= 3000 && code <= 4999);
}

}  // namespace mw::http
