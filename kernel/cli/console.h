// console: where `mw` prints: answers to one stream, complaints to the other.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/layers/environment.h"

#include <cstdio>
#include <string>
#include <string_view>

namespace mw::kernel::cli {

// The streams are borrowed.
class console {
 public:
  console(std::FILE* out, std::FILE* err) : out_(out), err_(err) {}

  // Colours are for terminals, unless NO_COLOR is set or the terminal is dumb.
  void choose_colors(const environment& variables);

  void say(std::string_view text) { write(out_, text); }
  void complain(std::string_view text) { write(err_, text); }
  // Complete lines for the reader at the other end of a pipe.
  void flush() { std::fflush(out_); }

  [[nodiscard]] bool colors_answers() const { return color_out_; }
  [[nodiscard]] bool colors_complaints() const { return color_err_; }

  // Flushes; false when an answer did not reach its reader, for example on a full disk.
  [[nodiscard]] bool all_written();

 private:
  static void write(std::FILE* to, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), to);
  }

  std::FILE* out_;
  std::FILE* err_;
  bool color_out_ = false;
  bool color_err_ = false;
};

// `text` in bold when `color` is on.
[[nodiscard]] std::string bold(std::string_view text, bool color);

// `text` broken at spaces to lines that fit a terminal, each behind `margin`.
[[nodiscard]] std::string wrap(std::string_view text, std::string_view margin);

// `text` with blanks up to `width` columns, and at least one.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

// Text of others, such as messages of libraries, without control characters.
[[nodiscard]] std::string printable(std::string text);

}  // namespace mw::kernel::cli
