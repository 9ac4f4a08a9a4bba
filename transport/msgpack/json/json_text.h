// json_text: JSON text cut into tokens: strict, bounded, every fault with its position.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bounds.h"
#include "refusal.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::msgpack {

enum class token_kind : std::uint8_t { null, truth, lie, number, text, array, object };

// One value or one key. The values inside an array follow it, each with all of its own; in an
// object keys and values take turns.
struct token {
  token_kind kind = token_kind::null;
  std::size_t at = 0;     // bytes of JSON before it
  std::string_view raw;   // numbers as written; texts between their quotes, escapes and all
  std::size_t count = 0;  // values in an array, keys in an object
  std::size_t next = 0;   // index of the token behind it and all that is inside it
};

// RFC 8259 and no more: no comments, no trailing commas, one value, no key twice in one object.
// What is one value or one level of a message can be up to four tokens and three levels here; how
// many of the message's own there are is for whoever writes it to check.
class json_text {
 public:
  json_text(std::string_view text, const limits& bounds, refusal& why)
      : text_(text), bounds_(bounds), why_(why) {}

  // False: `why` says why.
  [[nodiscard]] bool parse();
  [[nodiscard]] const std::vector<token>& tokens() const { return tokens_; }

 private:
  bool value();
  bool literal();
  bool number();
  bool text();
  bool escape();
  bool scalar();
  bool open(token_kind kind);
  bool after_value();
  bool key();
  bool close(char bracket);
  bool unique_keys(std::size_t object);
  bool add(token_kind kind, std::size_t from, std::size_t to);
  bool digits();
  void skip_space();
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool refuse(std::size_t at, reason because, std::string what);

  std::string_view text_;
  const limits& bounds_;
  std::size_t at_ = 0;
  std::vector<token> tokens_;
  std::vector<std::size_t> open_;  // tokens of the arrays and objects around at_
  bool wants_value_ = true;
  refusal& why_;
};

// The text that a token's raw form stands for; parse() has checked its escapes.
[[nodiscard]] std::string unescaped(std::string_view raw);

}  // namespace mw::msgpack
