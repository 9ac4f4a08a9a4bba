// json_writer: separators, escapes and numbers.
// SPDX-License-Identifier: Apache-2.0
#include <mw/toolkit/json_writer.h>
#include <mw/toolkit/utf8.h>

#include <charconv>
#include <cmath>

namespace mw {

json_writer& json_writer::open(char bracket) {
  separate();
  text_ += bracket;
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::close(char bracket) {
  text_ += bracket;
  needs_comma_ = true;
  return *this;
}

json_writer& json_writer::key(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  needs_comma_ = false;
  return *this;
}

json_writer& json_writer::value(std::string_view text) {
  separate();
  quote(text);
  needs_comma_ = true;
  return *this;
}

json_writer& json_writer::value(double number) {
  if (!std::isfinite(number)) return null();
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  return raw(error == std::errc{} ? std::string_view(text, static_cast<std::size_t>(end - text))
                                  : "null");
}

json_writer& json_writer::raw(std::string_view json) {
  separate();
  text_ += json;
  needs_comma_ = true;
  return *this;
}

void json_writer::separate() {
  if (needs_comma_) text_ += ',';
}

void json_writer::quote(std::string_view text) {
  constexpr char hex[] = "0123456789abcdef";
  text_ += '"';
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte >= 0x80) {
      const std::size_t length = utf8_length(text);
      text_ += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
      text.remove_prefix(length == 0 ? 1 : length);
      continue;
    }
    switch (byte) {
      case '"':
        text_ += "\\\"";
        break;
      case '\\':
        text_ += "\\\\";
        break;
      case '\n':
        text_ += "\\n";
        break;
      case '\r':
        text_ += "\\r";
        break;
      case '\t':
        text_ += "\\t";
        break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          text_.append("\\u00") += hex[byte >> 4];
          text_ += hex[byte & 15];
        } else {
          text_ += text.front();
        }
    }
    text.remove_prefix(1);
  }
  text_ += '"';
}

}  // namespace mw
