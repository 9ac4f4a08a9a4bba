// log_format: one log line as text for people or as a JSON object.
// SPDX-License-Identifier: Apache-2.0
#include "log_format.h"

#include <mw/toolkit/json_writer.h>
#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace mw::kernel {

namespace {

constexpr std::size_t value_max = 2048;  // bytes of one value; the rest is cut
constexpr std::array<log_level, 4> all_levels = {log_level::debug, log_level::info, log_level::warn,
                                                 log_level::error};

std::string_view colour_of(log_level level) {
  switch (level) {
    case log_level::debug:
      return "\x1b[2m";
    case log_level::info:
      return "\x1b[32m";
    case log_level::warn:
      return "\x1b[33m";
    case log_level::error:
      return "\x1b[1;31m";
  }
  return "";
}

// Whether the character `c` (valid UTF-8) may be shown. The others move cursors, hide text or turn
// the direction of reading.
bool is_harmless(std::string_view c) {
  const auto byte = [&c](std::size_t i) { return static_cast<unsigned char>(c[i]); };
  if (c.size() == 1) return byte(0) >= 0x20 && byte(0) != 0x7f;
  if (c.size() == 2 && byte(0) == 0xc2) return byte(1) >= 0xa0;
  if (c.size() != 3 || byte(0) != 0xe2) return true;
  const bool line_or_direction = byte(1) == 0x80 && byte(2) >= 0xa8 && byte(2) <= 0xae;
  const bool isolate = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;
  return !line_or_direction && !isolate;
}

void append_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    const std::string_view c = text.substr(0, length);
    text.remove_prefix(length);
    if (c == "\"" || c == "\\") {
      out.append("\\").append(c);
    } else if (c == "\n") {
      out.append("\\n");
    } else if (utf8_length(c) != 0 && is_harmless(c)) {
      out.append(c);
    } else {
      for (const char raw : c) {
        const auto byte = static_cast<unsigned char>(raw);
        out.append("\\x").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
      }
    }
  }
}

bool is_plain(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
}

std::string_view cut(std::string_view text) {
  if (text.size() <= value_max) return text;
  // Not in the middle of a character.
  std::size_t end = value_max;
  while (end > value_max - 4 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

void append_text_value(std::string_view text, std::string& out) {
  const std::string_view kept = cut(text);
  if (kept.size() == text.size() && is_plain(text)) {
    out.append(text);
    return;
  }
  out.push_back('"');
  append_escaped(kept, out);
  if (kept.size() < text.size()) out.append("...");
  out.push_back('"');
}

template <class Number>
void append_number(Number value, std::string& out) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_value(const log_value& value, std::string& out) {
  switch (value.type) {
    case log_value::kind::text:
      append_text_value(value.text, out);
      break;
    case log_value::kind::integer:
      append_number(value.integer, out);
      break;
    case log_value::kind::natural:
      append_number(value.natural, out);
      break;
    case log_value::kind::real:
      append_number(value.real, out);
      break;
    case log_value::kind::boolean:
      out.append(value.integer != 0 ? "true" : "false");
      break;
  }
}

void append_text(const log_line& line, bool coloured, std::string& out) {
  out.append(to_string(line.at)).push_back(' ');
  if (coloured) out.append(colour_of(line.level));
  std::string level(to_string(line.level));
  level.resize(5, ' ');
  out.append(level);
  if (coloured) out.append("\x1b[0m");
  out.push_back(' ');
  append_escaped(line.module, out);
  out.append(": ");
  append_escaped(line.message, out);
  for (const log_value& value : line.values) {
    out.push_back(' ');
    append_escaped(value.key, out);
    out.push_back('=');
    append_value(value, out);
  }
  if (line.suppressed > 0) {
    out.append(" suppressed=");
    append_number(line.suppressed, out);
  }
  out.push_back('\n');
}

// Keys of values stand beside ours; one that is taken moves out of the way.
std::string json_key(std::string_view key) {
  for (const std::string_view ours : {"time", "level", "module", "message", "suppressed"})
    if (key == ours) return "field." + std::string(key);
  return std::string(key);
}

void append_json(const log_line& line, std::string& out) {
  json_writer json;
  json.begin_object();
  json.key("time").value(to_string(line.at));
  json.key("level").value(to_string(line.level));
  json.key("module").value(line.module);
  json.key("message").value(line.message);
  for (const log_value& value : line.values) {
    json.key(json_key(value.key));
    switch (value.type) {
      case log_value::kind::text:
        json.value(cut(value.text));
        break;
      case log_value::kind::integer:
        json.value(value.integer);
        break;
      case log_value::kind::natural:
        json.value(value.natural);
        break;
      case log_value::kind::real:
        json.value(value.real);
        break;
      case log_value::kind::boolean:
        json.value(value.integer != 0);
        break;
    }
  }
  if (line.suppressed > 0) json.key("suppressed").value(line.suppressed);
  json.end_object();
  out.append(json.text()).push_back('\n');
}

}  // namespace

void append_line(const log_line& line, log_form form, std::string& out) {
  if (form == log_form::json)
    append_json(line, out);
  else
    append_text(line, form == log_form::coloured_text, out);
}

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::debug:
      return "debug";
    case log_level::info:
      return "info";
    case log_level::warn:
      return "warn";
    case log_level::error:
      return "error";
  }
  return "error";
}

std::optional<log_level> parse_log_level(std::string_view text) {
  for (const log_level level : all_levels)
    if (text == to_string(level)) return level;
  return std::nullopt;
}

}  // namespace mw::kernel
