// diagnostic_text: diagnostics for people, with the source line and a caret under the mistake.
// SPDX-License-Identifier: Apache-2.0
#include "diagnostic.h"

#include <algorithm>

namespace mw::kernel {
namespace {

// Longer lines are shown as a window around the caret.
constexpr std::size_t shown_columns_max = 120;

class painter {
 public:
  explicit painter(bool color) : color_(color) {}
  [[nodiscard]] std::string red(std::string text) const {
    return paint("\x1b[1;31m", std::move(text));
  }
  [[nodiscard]] std::string yellow(std::string text) const {
    return paint("\x1b[1;33m", std::move(text));
  }
  [[nodiscard]] std::string cyan(std::string text) const {
    return paint("\x1b[1;36m", std::move(text));
  }
  [[nodiscard]] std::string bold(std::string text) const {
    return paint("\x1b[1m", std::move(text));
  }

 private:
  [[nodiscard]] std::string paint(const char* style, std::string text) const {
    return color_ ? style + std::move(text) + "\x1b[0m" : std::move(text);
  }
  bool color_;
};

// Messages quote keys and values from files, so they may hold escape sequences too.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }, '?');
  return text;
}

// Code points [first, first + count) of valid UTF-8.
std::string columns(std::string_view text, std::size_t first, std::size_t count) {
  std::string out;
  std::size_t column = 0;
  for (const char byte : text) {
    if ((static_cast<unsigned char>(byte) & 0xC0U) != 0x80U) ++column;
    if (column > first && column <= first + count) out += byte;
  }
  return out;
}

// The source line and the underline below it.
std::string excerpt(const span& where, const source_set& sources, const painter& paint) {
  if (!where.known()) return {};
  const std::string line = sources.shown_line(where);
  const std::size_t caret = where.column - 1;
  const std::size_t first =
      caret > shown_columns_max / 2 && count_code_points(line) > shown_columns_max
          ? caret - shown_columns_max / 2
          : 0;
  const std::string shown = columns(line, first, shown_columns_max);
  const std::size_t room = std::max<std::size_t>(1, shown_columns_max - (caret - first));
  const std::size_t length = std::clamp<std::size_t>(where.length, 1, room);
  std::string number = std::to_string(where.line);
  number.insert(0, number.size() < 5 ? 5 - number.size() : 0, ' ');
  const std::string margin(number.size(), ' ');
  return number + " | " + shown + "\n" + margin + " | " + std::string(caret - first, ' ') +
         paint.red(std::string(length, '^')) + "\n";
}

std::string place(const span& where, const source_set& sources) {
  return where.known() ? sources.describe(where) + ": " : std::string();
}

std::string render(const diagnostic& item, const source_set& sources, const painter& paint) {
  const bool fatal = item.level == severity::error;
  const std::string label = (fatal ? "error[" : "warning[") + item.code + "]";
  std::string out =
      paint.bold(place(item.where, sources)) + (fatal ? paint.red(label) : paint.yellow(label)) +
      ": " + paint.bold(printable(item.message)) + "\n" + excerpt(item.where, sources, paint);
  const auto line = [&](std::string_view name, const std::string& text) {
    if (!text.empty())
      out += "      = " + paint.bold(std::string(name) + ":") + " " + printable(text) + "\n";
  };
  line("at", item.key_path);
  line("expected", item.expected);
  line("help", item.suggestion.empty() ? "" : "did you mean '" + item.suggestion + "'?");
  line("help", item.help);
  for (const diagnostic_note& note : item.notes) {
    out += place(note.where, sources) + paint.cyan("note") + ": " + printable(note.message) + "\n" +
           excerpt(note.where, sources, paint);
  }
  return out;
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::string render_text(const diagnostics& found, const source_set& sources,
                        render_options options) {
  const painter paint(options.color);
  std::string out;
  for (const diagnostic& item : found.sorted()) out += render(item, sources, paint) + "\n";
  if (found.left_out() != 0) out += "... and " + std::to_string(found.left_out()) + " more\n";
  if (found.error_count() + found.warning_count() != 0) {
    out += counted(found.error_count(), "error") + ", " +
           counted(found.warning_count(), "warning") + "\n";
  }
  return out;
}

}  // namespace mw::kernel
