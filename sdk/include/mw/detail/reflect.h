// reflect: makes erased getters and setters from member pointers; included by <mw/reflect.h>.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <array>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace mw {

namespace detail {

template <class>
struct member_traits;
template <class Owner, class Value>
struct member_traits<Value Owner::*> {
  using owner = Owner;
  using value = Value;
};
// `decltype` of a constexpr static member is const.
template <class Member>
struct member_traits<const Member> : member_traits<Member> {};

template <class T>
constexpr value_kind kind_of() {
  if constexpr (std::is_same_v<T, bool>)
    return value_kind::boolean;
  else if constexpr (std::is_same_v<T, std::string>)
    return value_kind::text;
  else if constexpr (std::is_same_v<T, duration>)
    return value_kind::span_of_time;
  else if constexpr (std::is_same_v<T, wall_time>)
    return value_kind::moment;
  else if constexpr (std::is_floating_point_v<T>)
    return value_kind::real;
  else if constexpr (std::is_unsigned_v<T>)
    return value_kind::natural;
  else {
    static_assert(std::is_signed_v<T>,
                  "fields are bool, numbers, std::string, duration or wall_time");
    return value_kind::integer;
  }
}

template <auto Member>
field_value get_field(const void* object) {
  using traits = member_traits<decltype(Member)>;
  using T = typename traits::value;
  const T& from = static_cast<const typename traits::owner*>(object)->*Member;
  field_value out;
  out.kind = kind_of<T>();
  if constexpr (std::is_same_v<T, bool>)
    out.boolean = from;
  else if constexpr (std::is_same_v<T, std::string>)
    out.text = from;
  else if constexpr (std::is_same_v<T, duration>)
    out.integer = from.count();
  else if constexpr (std::is_same_v<T, wall_time>)
    out.integer = from.since_epoch.count();
  else if constexpr (std::is_floating_point_v<T>)
    out.real = from;
  else if constexpr (std::is_unsigned_v<T>)
    out.natural = from;
  else
    out.integer = from;
  return out;
}

template <auto Member>
void set_field(void* object, const field_value& value) {
  using traits = member_traits<decltype(Member)>;
  using T = typename traits::value;
  T& to = static_cast<typename traits::owner*>(object)->*Member;
  if constexpr (std::is_same_v<T, bool>)
    to = value.boolean;
  else if constexpr (std::is_same_v<T, std::string>)
    to.assign(value.text);
  else if constexpr (std::is_same_v<T, duration>)
    to = duration(value.integer);
  else if constexpr (std::is_same_v<T, wall_time>)
    to = wall_time{duration(value.integer)};
  else if constexpr (std::is_floating_point_v<T>)
    to = static_cast<T>(value.real);
  else if constexpr (std::is_unsigned_v<T>)
    to = static_cast<T>(value.natural);
  else
    to = static_cast<T>(value.integer);
}

template <class T, std::size_t... I>
constexpr auto make_infos(std::index_sequence<I...>) {
  constexpr auto list = T::fields();
  return std::array<field_info, sizeof...(I)>{
      field_info{std::get<I>(list).name, std::get<I>(list).doc,
                 kind_of<typename member_traits<decltype(std::get<I>(list).member)>::value>(),
                 &get_field<std::tuple_element_t<I, decltype(list)>::member>,
                 &set_field<std::tuple_element_t<I, decltype(list)>::member>}...};
}

}  // namespace detail

// The erased fields of a reflected struct; constant data, one copy per library.
template <class T>
inline constexpr auto fields_of =
    detail::make_infos<T>(std::make_index_sequence<std::tuple_size_v<decltype(T::fields())>>());

}  // namespace mw
