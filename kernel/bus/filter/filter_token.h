// filter_token: cuts the text of a filter into words, numbers, texts and symbols.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::kernel {

enum class token_kind : std::uint8_t {
  end,
  word,    // field names, `and`, `contains`, `true`
  number,  // 12, -3.5, 1e9, 250ms: digits with what sticks to them
  text,    // quoted
  symbol,  // == != < <= > >= ( ) [ ] ,
  bad,     // `value` says what is wrong
};

struct filter_token {
  token_kind kind = token_kind::end;
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string value;  // as written; of a text: without quotes and escapes

  [[nodiscard]] bool is(token_kind wanted, std::string_view spelt) const {
    return kind == wanted && value == spelt;
  }
};

class filter_lexer {
 public:
  explicit filter_lexer(std::string_view text) : text_(text) {}

  // The next token; `end` again and again after the last one.
  [[nodiscard]] filter_token next();

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] filter_token cut(token_kind kind, std::size_t length);
  [[nodiscard]] filter_token bad(std::size_t length, std::string why);
  [[nodiscard]] filter_token word();
  [[nodiscard]] filter_token number();
  [[nodiscard]] filter_token quoted();
  [[nodiscard]] filter_token symbol();

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace mw::kernel
