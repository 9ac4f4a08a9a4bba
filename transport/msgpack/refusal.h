// refusal: why a message was refused: the reason for metrics, the field and the byte for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::msgpack {

enum class reason : std::uint8_t {
  depth,      // too many arrays inside each other
  nodes,      // too many values
  size,       // too many bytes: of the message written, or of lists in memory
  utf8,       // text that is none
  type,       // a value of another type than the field's
  truncated,  // the bytes end before the value does
  range,      // a number that the field's type cannot hold
  reserved,   // 0xC1, which means nothing
  extension,  // extension types, which this format does not use
  trailing,   // bytes behind the message
  syntax,     // JSON that is none, or does not describe a message
};
inline constexpr std::array<std::string_view, 11> reason_names{
    "depth", "nodes",    "size",      "utf8",     "type",  "truncated",
    "range", "reserved", "extension", "trailing", "syntax"};

// Written by whoever finds the fault, completed on the way out: each list and group puts its part
// of the path in front.
struct refusal {
  reason why = reason::syntax;
  errc kind = errc::invalid;
  std::size_t at = 0;  // bytes before the faulty value
  std::string path;    // ".lines[3].count"
  std::string what;

  void in_field(std::string_view name) { path.insert(0, name).insert(0, "."); }
  void in_element(std::size_t index) { path.insert(0, "[" + std::to_string(index) + "]"); }

  // "order.lines[3].count at byte 17: 300 does not fit into 8 bits".
  [[nodiscard]] failure as_failure(std::string_view type_name) const;
};

// A type's name as people say it: "order" for "shop::order".
[[nodiscard]] std::string_view short_name(std::string_view type_name);

}  // namespace mw::msgpack
