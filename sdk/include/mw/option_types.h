// option_types: how each option type is parsed, printed and described, without naming the type.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw {

class field_visitor;

enum class option_kind : std::uint8_t {
  boolean,
  integer,
  natural,
  real,
  text,
  time_span,
  byte_size,
  rate,
  range,
  endpoint,
  path,
  secret,
  choice,  // an enum; see `choices`
  group,   // a struct with fields()
  list,    // std::vector of `element`
  map,     // std::map<std::string, element>
  maybe,   // std::optional of `element`; YAML null or absence means none
};

// The operations on a value of one type. Constant data; only the functions of its kind are set.
struct option_type {
  option_kind kind;
  std::string_view name;                      // as docs call it: "duration", "list of endpoint"
  const option_type& (*element)() = nullptr;  // of list, map, maybe
  std::span<const std::string_view> choices = {};
  double (*as_number)(const void*) =
      nullptr;  // for limits: base units; null where limits mean nothing
  // Scalars. parse() leaves the value alone when it fails.
  status (*parse)(std::string_view text, void* value) = nullptr;
  std::string (*print)(const void* value) = nullptr;
  // Groups.
  void (*fields)(void* value, field_visitor& visitor) = nullptr;
  // list, map, maybe: clear(), then add() per element gives where to parse it; at() lists them.
  void (*clear)(void* value) = nullptr;
  void* (*add)(void* value, std::string_view key) = nullptr;
  std::size_t (*count)(const void* value) = nullptr;
  std::string_view (*key_at)(const void* value, std::size_t index) = nullptr;  // map only
  const void* (*at)(const void* value, std::size_t index) = nullptr;
};

// A value seen through its type.
struct option_ref {
  const option_type* type;
  void* value;
};

template <class T>
const option_type& option_type_of();

// An enum becomes an option type by a function found by ADL, in the enum's namespace:
//   constexpr std::array<std::string_view, 3> option_names(preset) { return {"lan", "wan",
//   "local"}; }
// The n-th name is the enumerator with value n.
template <class T>
concept named_enum = std::is_enum_v<T> && requires(T v) {
  option_names(v);
};

}  // namespace mw

#include <mw/detail/option_type_of.h>
