// json_writer: writes JSON text piece by piece; commas and escapes are its business.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace mw {

// json.begin_object().key("id").value(7).end_object(); take() gives the text. Invalid UTF-8 becomes
// U+FFFD, so that the output is always valid JSON. Numbers that JSON cannot hold become null.
class json_writer {
 public:
  json_writer& begin_object() { return open('{'); }
  json_writer& end_object() { return close('}'); }
  json_writer& begin_array() { return open('['); }
  json_writer& end_array() { return close(']'); }
  json_writer& key(std::string_view name);

  json_writer& value(std::string_view text);
  json_writer& value(const char* text) { return value(std::string_view(text)); }
  json_writer& value(const std::string& text) { return value(std::string_view(text)); }
  json_writer& value(bool b) { return raw(b ? "true" : "false"); }
  json_writer& value(double number);
  template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) json_writer& value(T number) {
    return raw(std::to_string(number));
  }
  json_writer& null() { return raw("null"); }
  // Text that is JSON already.
  json_writer& raw(std::string_view json);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  json_writer& open(char bracket);
  json_writer& close(char bracket);
  void separate();
  void quote(std::string_view text);

  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace mw
