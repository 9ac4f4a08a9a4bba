// response: writes response heads and bodies; nothing a handler says can break the framing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw::http {

enum class framing : std::uint8_t {
  length,    // Content-Length
  chunked,   // HTTP/1.1 streams
  to_close,  // HTTP/1.0 streams: the end of the connection is the end of the body
  none,      // 1xx, 204, 304: a body is impossible
};

struct header_line {
  std::string_view name;
  std::string_view value;
};

struct response_head {
  int status = 200;
  std::string_view content_type = {};  // empty: no such line
  framing body = framing::length;
  std::size_t content_length = 0;
  bool keep_alive = true;
  std::uint8_t minor_version = 1;  // of the request: HTTP/1.0 peers must be told to stay
  std::string_view date = {};      // from http_date()
  std::span<const header_line> extra = {};
};

// "Not Found" for 404; "Unknown" for numbers without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

// The framing that fits a whole body under this status.
[[nodiscard]] framing framing_for(int status) noexcept;

// Appends the head with its empty line. False, and nothing appended, when the status is not of
// three digits or a name or value could be read as more than one line.
[[nodiscard]] bool append_head(std::string& out, const response_head& head);

// One chunk of a chunked body; empty data appends nothing, because that would end the body.
void append_chunk(std::string& out, std::string_view data);
void append_last_chunk(std::string& out);

// "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(wall_time at);

// What people and programs get instead of an answer: {"error":"not_found","message":"..."}.
[[nodiscard]] std::string error_body(int status, std::string_view message);

}  // namespace mw::http
