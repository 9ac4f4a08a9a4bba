// source: line tables, code point columns and the texts that describe a place.
// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <algorithm>

namespace mw::kernel {
namespace {

bool starts_code_point(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

// Escape sequences in a hostile file must not reach the terminal of the person who reads the error.
void append_shown(std::string& out, char byte) {
  const auto code = static_cast<unsigned char>(byte);
  out += (code < 0x20 || code == 0x7F) ? ' ' : byte;
}

// The YAML library would keep the carriage return of a Windows line break as part of the value.
std::string unix_lines(std::string text) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_break = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if (!line_break) text[kept++] = text[i];
  }
  text.resize(kept);
  return text;
}

}  // namespace

std::size_t count_code_points(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_code_point));
}

std::string_view source_text::line(std::uint32_t number) const {
  if (number == 0 || number > line_starts.size()) return {};
  const std::size_t begin = line_starts[number - 1];
  const std::size_t end = number < line_starts.size() ? line_starts[number] - 1 : text.size();
  return std::string_view(text).substr(begin, end - begin);
}

source_id source_set::add(source_kind kind, std::string name, std::string text,
                          span included_from) {
  source_text& added = sources_.emplace_back();
  added.kind = kind;
  added.name = std::move(name);
  added.text = unix_lines(std::move(text));
  added.included_from = included_from;
  added.line_starts.push_back(0);
  for (std::size_t i = 0; i < added.text.size(); ++i) {
    if (added.text[i] == '\n') added.line_starts.push_back(i + 1);
  }
  return static_cast<source_id>(sources_.size());
}

std::string source_set::describe(const span& where) const {
  if (!where.known()) return {};
  return at(where.source).name + ":" + std::to_string(where.line) + ":" +
         std::to_string(where.column);
}

std::string source_set::shown_line(const span& where) const {
  std::string shown;
  if (!where.known()) return shown;
  std::uint32_t column = 0;
  for (const char byte : at(where.source).line(where.line)) {
    const bool starts = starts_code_point(byte);
    if (starts) ++column;
    const bool hidden = std::any_of(redacted_.begin(), redacted_.end(), [&](const span& secret) {
      return secret.source == where.source && secret.line == where.line &&
             column >= secret.column && column < secret.column + secret.length;
    });
    if (!hidden) append_shown(shown, byte);
    if (hidden && starts) shown += '*';
  }
  return shown;
}

span locator::at(std::size_t offset, std::size_t length_bytes) {
  const auto& starts = source_.line_starts;
  const std::string_view text = source_.text;
  offset = std::min(offset, text.size());
  if (offset < offset_) {
    const auto after = std::upper_bound(starts.begin(), starts.end(), offset);
    line_index_ = static_cast<std::size_t>(after - starts.begin()) - 1;
    offset_ = starts[line_index_];
    column_ = 1;
  }
  while (line_index_ + 1 < starts.size() && starts[line_index_ + 1] <= offset) {
    offset_ = starts[++line_index_];
    column_ = 1;
  }
  column_ += static_cast<std::uint32_t>(count_code_points(text.substr(offset_, offset - offset_)));
  offset_ = offset;
  const auto length = count_code_points(text.substr(offset, length_bytes));
  return {.source = id_,
          .line = static_cast<std::uint32_t>(line_index_ + 1),
          .column = column_,
          .length = static_cast<std::uint32_t>(length)};
}

std::string describe(const provenance& from, const source_set& sources) {
  if (!from.where.known()) return "default";
  const source_text& source = sources.at(from.where.source);
  std::string out;
  switch (source.kind) {
    case source_kind::variable:
      out = source.name;
      break;
    // Only the path of the flag: its value may be a secret.
    case source_kind::flag:
      out = source.name + " " + source.text.substr(0, source.text.find('='));
      break;
    case source_kind::file:
      out = sources.describe(from.where);
      break;
  }
  if (!from.variables.empty()) out += " with " + from.variables;
  for (span up = source.included_from; up.known(); up = sources.at(up.source).included_from) {
    out += " (included from " + sources.describe(up) + ")";
  }
  return out;
}

}  // namespace mw::kernel
