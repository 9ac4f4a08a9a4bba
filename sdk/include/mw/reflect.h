// reflect: one field list per struct gives its text, JSON and wire forms, its filters and its docs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace mw {

enum class value_kind : std::uint8_t {
  boolean,
  integer,
  natural,
  real,
  text,
  span_of_time,
  moment
};

// The value of one field, without allocation. `text` is valid as long as the struct it came from.
struct field_value {
  value_kind kind = value_kind::boolean;
  bool boolean = false;
  std::int64_t integer = 0;  // also span_of_time in nanoseconds, moment in nanoseconds since 1970
  std::uint64_t natural = 0;
  double real = 0;
  std::string_view text;
};

// Describes one field of a reflected struct without naming the struct's type.
struct field_info {
  std::string_view name;
  std::string_view doc;
  value_kind kind;
  field_value (*get)(const void* object);
  void (*set)(void* object, const field_value& value);  // value.kind == kind
};

// In a struct:  static constexpr auto fields() { return mw::field_list(
//                   mw::field<&peer_up::id>("id", "Node id of the peer.")); }
template <auto Member>
struct field_of {
  static constexpr auto member = Member;
  std::string_view name;
  std::string_view doc;
};

template <auto Member>
constexpr field_of<Member> field(std::string_view name, std::string_view doc) {
  return {name, doc};
}

template <class... Fields>
constexpr std::tuple<Fields...> field_list(Fields... fields) {
  return {fields...};
}

}  // namespace mw

#include <mw/detail/reflect.h>
