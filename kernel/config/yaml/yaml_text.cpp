// yaml_text: the checks that come before the parser, because the parser accepts what they refuse.
// SPDX-License-Identifier: Apache-2.0
#include "yaml_text.h"

#include <array>
#include <optional>

namespace mw::kernel {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

unsigned char byte_at(std::string_view text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

// The length of the well-formed UTF-8 sequence at `i`, or 0. Overlong forms and surrogates are not.
std::size_t sequence_length(std::string_view text, std::size_t i) {
  const unsigned char lead = byte_at(text, i);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k) {
    if ((byte_at(text, i + k) & 0xC0U) != 0x80U) return 0;
  }
  const unsigned char second = byte_at(text, i + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

struct bad_byte {
  std::size_t offset;
  bool is_control;
};

std::optional<bad_byte> find_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char byte = byte_at(text, i);
    const bool control = (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F;
    if (control) return bad_byte{i, true};
    const std::size_t length = sequence_length(text, i);
    if (length == 0) return bad_byte{i, false};
    i += length;
  }
  return std::nullopt;
}

std::string hex(unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {'0', 'x', digits[byte >> 4U], digits[byte & 0x0FU]};
}

bool check_bytes(source_id id, const source_text& source, diagnostics& found) {
  const std::string_view text = source.text;
  locator locate(id, source);
  if (text.starts_with(byte_order_mark)) {
    found
        .error("CFG0003", locate.at(0, byte_order_mark.size()),
               "the file starts with a byte order mark")
        .helping("save it as UTF-8 without a byte order mark");
    return false;
  }
  const auto bad = find_bad_byte(text);
  if (!bad) return true;
  const std::string byte = hex(byte_at(text, bad->offset));
  // Columns cannot be counted in bytes that are no characters: only the part before is located.
  span where = locate.at(bad->offset, 0);
  where.length = 1;
  found
      .error("CFG0003", where,
             bad->is_control ? "control character " + byte : "byte " + byte + " is not valid UTF-8")
      .expecting("plain UTF-8 text")
      .helping(bad->is_control ? R"(in double quotes write an escape such as "\0" or "\x1b")"
                               : "save the file as UTF-8");
  return false;
}

// Only at the start of the file: elsewhere a '%' belongs to a value and the parser decides.
bool check_directives(source_id id, const source_text& source, diagnostics& found) {
  locator locate(id, source);
  for (const std::size_t start : source.line_starts) {
    const std::string_view line = rest_of_line(source.text, start);
    if (line.starts_with('%')) {
      found.error("CFG0017", locate.at(start, line.size()), "YAML directives are not supported")
          .helping("remove this line");
      return false;
    }
    if (!line.empty() && line[0] != '#') return true;
  }
  return true;
}

bool check_tabs(source_id id, const source_text& source, diagnostics& found) {
  bool clean = true;
  locator locate(id, source);
  for (const std::size_t start : source.line_starts) {
    const std::string_view line = rest_of_line(source.text, start);
    const std::size_t content = line.find_first_not_of(" \t");
    if (content == std::string_view::npos || line[content] == '#') continue;
    const std::size_t tab = line.substr(0, content).find('\t');
    if (tab == std::string_view::npos) continue;
    found.error("CFG0005", locate.at(start + tab, content - tab), "a tab in the indentation")
        .expecting("spaces")
        .helping("replace each tab by two spaces");
    clean = false;
  }
  return clean;
}

}  // namespace

std::string_view rest_of_line(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return {};
  return text.substr(offset, text.find('\n', offset) - offset);
}

bool check_yaml_text(source_id id, const source_set& sources, diagnostics& found,
                     const yaml_limits& limits) {
  const source_text& source = sources.at(id);
  if (source.text.size() > limits.text_bytes) {
    found
        .error("CFG0002", locator(id, source).at(0, 0),
               "the text has " + std::to_string(source.text.size()) + " bytes")
        .expecting("at most " + std::to_string(limits.text_bytes) + " bytes");
    return false;
  }
  return check_bytes(id, source, found) && check_directives(id, source, found) &&
         check_tabs(id, source, found);
}

std::size_t closing_quote(std::string_view text, std::size_t open) {
  const char quote = text[open];
  for (std::size_t i = open + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      // In single quotes, two of them are one that belongs to the text.
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

std::size_t skip_properties(std::string_view text, std::size_t offset) {
  while (offset < text.size() && (text[offset] == '&' || text[offset] == '!')) {
    offset = std::min(text.find_first_of(" \t\n", offset), text.size());
    offset = std::min(text.find_first_not_of(" \t\n", offset), text.size());
  }
  return offset;
}

}  // namespace mw::kernel
