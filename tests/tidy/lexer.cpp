// lexer: one pass over the characters of a file; knows comments, literals and raw strings.
// SPDX-License-Identifier: Apache-2.0
#include "lexer.h"

#include "source_tree.h"

#include <cstddef>

namespace mw::tidy {
namespace {

class splitter {
 public:
  explicit splitter(std::string_view text)
      : text_(text), out_{std::string(text.size(), ' '), std::string(text.size(), ' ')} {
    for (std::size_t i = 0; i < text.size(); ++i)
      if (text[i] == '\n') out_.code[i] = out_.comments[i] = '\n';
  }

  split_text run() {
    while (at_ < text_.size()) {
      if (starts("//"))
        take_comment("\n");
      else if (starts("/*"))
        take_comment("*/");
      else if (starts("R\"") && !after_word())
        take_raw_string();
      else if (text_[at_] == '"')
        take_quoted('"');
      else if (text_[at_] == '\'' && !after_word())
        take_quoted('\'');  // not 1'000
      else
        keep_code();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool starts(std::string_view what) const {
    return text_.substr(at_).starts_with(what);
  }
  // u8R"..." and L'x' count as literals, x1'000 does not; only a digit or name before matters.
  [[nodiscard]] bool after_word() const { return at_ > 0 && is_word(text_[at_ - 1]); }

  void keep_code() {
    out_.code[at_] = text_[at_];
    ++at_;
  }

  void take_comment(std::string_view end) {
    const auto found = text_.find(end, at_ + 2);
    const auto stop = found == std::string_view::npos ? text_.size() : found + end.size();
    for (; at_ < stop; ++at_) out_.comments[at_] = text_[at_];
  }

  void take_quoted(char quote) {
    keep_code();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n')
      at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ < text_.size() && text_[at_] == quote) keep_code();
  }

  void take_raw_string() {
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return keep_code();
    const std::string end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    const auto close = text_.find(end, open);
    out_.code[at_ + 1] = '"';
    at_ = close == std::string_view::npos ? text_.size() : close + end.size();
    out_.code[at_ - 1] = '"';
  }

  std::string_view text_;
  split_text out_;
  std::size_t at_ = 0;
};

}  // namespace

split_text split(std::string_view text) {
  return splitter(text).run();
}

std::string without_preprocessor(std::string_view code) {
  std::string out(code);
  bool inside = false;
  std::size_t start = 0;
  for (std::string_view line : lines_of(code)) {
    const auto first = line.find_first_not_of(' ');
    const bool directive = inside || (first != std::string_view::npos && line[first] == '#');
    if (directive) out.replace(start, line.size(), line.size(), ' ');
    inside = directive && line.ends_with('\\');
    start += line.size() + 1;
  }
  return out;
}

}  // namespace mw::tidy
