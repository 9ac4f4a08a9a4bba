// filter: the `where:` of bus rules and taps, compiled against the fields of one event.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mw::kernel {

// Bounds of one filter. They keep a hostile configuration cheap; no sensible filter comes near.
struct filter_limits {
  static constexpr std::size_t text_bytes = 1024;
  static constexpr std::size_t depth = 32;   // parentheses and `not` inside each other
  static constexpr std::size_t nodes = 256;  // comparisons, their list items, and operators
};

// A mistake and where it is in the text. `offset + length` never exceeds the text.
struct filter_error {
  std::size_t offset = 0;
  std::size_t length = 0;
  std::string message;
  std::string nearest;  // for an unknown field: the field that was probably meant, or empty
};

enum class filter_operator : std::uint8_t {
  equal,
  unequal,
  less,
  at_most,
  greater,
  at_least,
  contains,
  starts_with,
  ends_with,
  matches,
  in,     // compiled to a chain of `equal`
  truth,  // a boolean field alone, as in `ready`; compiled to `equal` with true
};

// A condition on events of one struct; a default-constructed one lets everything pass. A plain
// value: it owns its literals, so the text and the list of fields it was compiled from may go. Safe
// to share between threads.
class filter {
 public:
  // `event` points at the struct whose fields the filter was compiled against. Takes no memory, and
  // time bounded by the sizes of the filter and the event's texts.
  [[nodiscard]] bool matches(const void* event) const;

 private:
  friend class filter_emitter;

  // One comparison and where to go on after it. `and`, `or`, `not` and lists exist only as jumps:
  // running a filter needs neither a stack nor recursion.
  struct step {
    field_value (*get)(const void* event) = nullptr;
    filter_operator test = filter_operator::equal;
    std::uint16_t if_true = 0;
    std::uint16_t if_false = 0;
    std::uint16_t text_begin = 0;  // the literal's text is a part of texts_, which stays movable
    std::uint16_t text_size = 0;
    field_value literal;  // of the field's kind
  };
  static constexpr std::uint16_t accept = 0xffff;
  static constexpr std::uint16_t refuse = 0xfffe;

  [[nodiscard]] bool holds(const step& one, const field_value& value) const;

  std::vector<step> steps_;
  std::string texts_;
  std::uint16_t start_ = accept;
};

// Understands, for example:
//   zone == "a" and (level > 3.5 or reason contains "reset") and not id matches "n*"
//   startup < 5s        id in ["n1", "n2"]        ready        not ready == true
// `not` binds closest, then `and`, then `or`. See filter_parse.cpp for the grammar.
[[nodiscard]] std::variant<filter, filter_error> compile_filter(std::string_view text,
                                                                std::span<const field_info> fields);

}  // namespace mw::kernel
