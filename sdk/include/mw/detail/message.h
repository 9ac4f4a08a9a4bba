// message: makes the descriptions of <mw/message.h> from field lists; included by it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>
#include <mw/message.h>
#include <mw/reflect.h>

#include <array>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace mw {
namespace detail {

template <class T>
constexpr value_type describe_value();

template <class T>
inline constexpr value_type value_type_constant = describe_value<T>();
template <class T>
const value_type& value_type_of() {
  return value_type_constant<T>;
}

template <class Owner, auto Member>
void* member_address(void* object) {
  return &(static_cast<Owner*>(object)->*Member);
}

template <class T, std::size_t... I>
constexpr auto describe_fields(std::index_sequence<I...>) {
  constexpr auto list = T::fields();
  return std::array<message_field, sizeof...(I)>{message_field{
      std::get<I>(list).name, std::get<I>(list).doc,
      &value_type_of<typename member_traits<decltype(std::get<I>(list).member)>::value>,
      &member_address<T, std::tuple_element_t<I, std::remove_const_t<decltype(list)>>::member>}...};
}
template <class T>
inline constexpr auto message_fields =
    describe_fields<T>(std::make_index_sequence<std::tuple_size_v<decltype(T::fields())>>());
template <class T>
std::span<const message_field> fields_of_group() {
  return message_fields<T>;
}

template <class T>
struct sequence_of {
  static constexpr bool is = false;
  static constexpr value_form form = value_form::group;
};
template <class T>
struct sequence_of<std::vector<T>> {
  static_assert(!std::is_same_v<T, bool>, "std::vector<bool> has no addresses: use std::uint8_t");
  static constexpr bool is = true;
  using element = T;
  static constexpr value_form form = value_form::list;
  static std::size_t count(const void* v) { return static_cast<const std::vector<T>*>(v)->size(); }
  static const void* data(const void* v) { return static_cast<const std::vector<T>*>(v)->data(); }
  static void* resize(void* v, std::size_t n) {
    auto& list = *static_cast<std::vector<T>*>(v);
    list.resize(n);
    return list.data();
  }
};
template <class T>
struct sequence_of<std::optional<T>> {
  static_assert(!sequence_of<T>::is || sequence_of<T>::form != value_form::maybe,
                "an optional of an optional: the two kinds of nothing look alike on the wire");
  static constexpr bool is = true;
  using element = T;
  static constexpr value_form form = value_form::maybe;
  static std::size_t count(const void* v) {
    return static_cast<const std::optional<T>*>(v)->has_value() ? 1 : 0;
  }
  static const void* data(const void* v) {
    const auto& maybe = *static_cast<const std::optional<T>*>(v);
    return maybe ? &*maybe : nullptr;
  }
  static void* resize(void* v, std::size_t n) {
    auto& maybe = *static_cast<std::optional<T>*>(v);
    if (n == 0) return maybe.reset(), nullptr;
    return &maybe.emplace();
  }
};

template <class T>
constexpr value_type describe_number() {
  static_assert(sizeof(T) <= 8, "numbers have at most 64 bits");
  constexpr auto width = static_cast<std::uint8_t>(sizeof(T));
  if constexpr (std::is_enum_v<T>)
    return describe_number<std::underlying_type_t<T>>();
  else if constexpr (std::is_same_v<T, bool>)
    return {.form = value_form::boolean, .width = width};
  else if constexpr (std::is_floating_point_v<T>)
    return {.form = value_form::real, .width = width};
  else if constexpr (std::is_unsigned_v<T>)
    return {.form = value_form::natural, .width = width};
  else
    return {.form = value_form::integer, .width = width};
}

template <class T>
constexpr value_type describe_value() {
  if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>)
    return describe_number<T>();
  else if constexpr (std::is_same_v<T, std::string>)
    return {.form = value_form::text};
  else if constexpr (std::is_same_v<T, std::string_view>)
    return {.form = value_form::text_view};
  else if constexpr (std::is_same_v<T, slice>)
    return {.form = value_form::blob};
  else if constexpr (std::is_same_v<T, bytes_view>)
    return {.form = value_form::blob_view};
  else if constexpr (std::is_same_v<T, duration>)
    return {.form = value_form::span_of_time, .width = 8};
  else if constexpr (std::is_same_v<T, wall_time>)
    return {.form = value_form::moment, .width = 8};
  else if constexpr (sequence_of<T>::is) {
    using sequence = sequence_of<T>;
    return {.form = sequence::form,
            .stride = sizeof(typename sequence::element),
            .element = &value_type_of<typename sequence::element>,
            .count = &sequence::count,
            .data = &sequence::data,
            .resize = &sequence::resize};
  } else
    return {.form = value_form::group, .fields = &fields_of_group<T>};
}

// The name of T as the compiler prints it.
template <class T>
constexpr std::string_view type_name() {
  constexpr std::string_view whole = __PRETTY_FUNCTION__;
  constexpr std::size_t from = whole.find("T = ") + 4;
  constexpr std::size_t to = whole.find_first_of(";]", from);
  return whole.substr(from, to - from);
}

}  // namespace detail

// The description of T; constant data, one copy per library.
template <class T>
inline constexpr message_type message_type_of{detail::type_name<T>(), detail::message_fields<T>};

}  // namespace mw
