// console: streams, colours and line breaks.
// SPDX-License-Identifier: Apache-2.0
#include "console.h"

#include "config/source.h"

#include <unistd.h>

#include <algorithm>

namespace mw::kernel::cli {
namespace {

constexpr std::size_t line_width = 88;

bool is_terminal(std::FILE* stream) {
  const int fd = fileno(stream);  // memory streams have none
  return fd >= 0 && isatty(fd) == 1;
}

}  // namespace

void console::choose_colors(const environment& variables) {
  const auto no_color = variables.find("NO_COLOR");
  const auto terminal = variables.find("TERM");
  const bool wanted = (no_color == variables.end() || no_color->second.empty()) &&
                      terminal != variables.end() && terminal->second != "dumb";
  color_out_ = wanted && is_terminal(out_);
  color_err_ = wanted && is_terminal(err_);
}

bool console::all_written() {
  return std::fflush(out_) == 0 && std::ferror(out_) == 0;
}

std::string bold(std::string_view text, bool color) {
  return color ? "\x1b[1m" + std::string(text) + "\x1b[0m" : std::string(text);
}

std::string wrap(std::string_view text, std::string_view margin) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    if (std::min(end, text.size()) > line_width - margin.size()) {
      const std::size_t space = text.rfind(' ', line_width - margin.size());
      end = space == std::string_view::npos || space == 0 ? text.find_first_of(" \n") : space;
    }
    end = std::min(end, text.size());
    if (end != 0) out += margin;
    out += std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = count_code_points(text);
  return std::string(text) + std::string(used < width ? width - used : 1, ' ');
}

std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }, '?');
  return text;
}

}  // namespace mw::kernel::cli
