// option_type_of: makes the option_type of each C++ type at compile time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/option_types.h>

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <type_traits>
#include <vector>

namespace mw {

namespace detail {

const option_type& scalar_option(option_kind kind);  // the ready-made types of option_types.cpp
const option_type& integer_option(std::size_t size, bool is_signed);

template <class T>
inline constexpr auto enum_names = option_names(T{});

// The index of `text` in `names`, or `invalid` with all names listed.
result<std::size_t> find_choice(std::string_view text, std::span<const std::string_view> names);

template <class T>
inline constexpr option_type enum_option{
    .kind = option_kind::choice,
    .name = "choice",
    .choices = enum_names<T>,
    .parse = [](std::string_view text, void* value) -> status {
      MW_TRY(const std::size_t index, find_choice(text, enum_names<T>));
      *static_cast<T*>(value) = static_cast<T>(index);
      return {};
    },
    .print =
        [](const void* value) {
          return std::string(
              enum_names<T>[static_cast<std::size_t>(*static_cast<const T*>(value))]);
        }};

template <class T>
inline constexpr option_type group_option{
    .kind = option_kind::group, .name = "group", .fields = [](void* value, field_visitor& visitor) {
      static_cast<T*>(value)->fields(visitor);
    }};

template <class T>
inline constexpr option_type list_option{
    .kind = option_kind::list,
    .name = "list",
    .element = &option_type_of<T>,
    .clear = [](void* v) { static_cast<std::vector<T>*>(v)->clear(); },
    .add = [](void* v, std::string_view) -> void* {
      return &static_cast<std::vector<T>*>(v)->emplace_back();
    },
    .count = [](const void* v) { return static_cast<const std::vector<T>*>(v)->size(); },
    .at = [](const void* v, std::size_t i) -> const void* {
      return &(*static_cast<const std::vector<T>*>(v))[i];
    }};

template <class T>
const auto& nth(const void* map, std::size_t index) {
  return *std::next(static_cast<const std::map<std::string, T>*>(map)->begin(),
                    static_cast<std::ptrdiff_t>(index));
}

template <class T>
inline constexpr option_type map_option{
    .kind = option_kind::map,
    .name = "map",
    .element = &option_type_of<T>,
    .clear = [](void* v) { static_cast<std::map<std::string, T>*>(v)->clear(); },
    .add = [](void* v, std::string_view key) -> void* {
      return &(*static_cast<std::map<std::string, T>*>(v))[std::string(key)];
    },
    .count = [](const void* v) { return static_cast<const std::map<std::string, T>*>(v)->size(); },
    .key_at = [](const void* v, std::size_t i) -> std::string_view { return nth<T>(v, i).first; },
    .at = [](const void* v, std::size_t i) -> const void* { return &nth<T>(v, i).second; }};

template <class T>
inline constexpr option_type maybe_option{
    .kind = option_kind::maybe,
    .name = "optional",
    .element = &option_type_of<T>,
    .clear = [](void* v) { static_cast<std::optional<T>*>(v)->reset(); },
    .add = [](void* v, std::string_view) -> void* {
      return &static_cast<std::optional<T>*>(v)->emplace();
    },
    .count = [](const void* v) -> std::size_t {
      return static_cast<const std::optional<T>*>(v)->has_value() ? 1 : 0;
    },
    .at = [](const void* v, std::size_t) -> const void* {
      return &**static_cast<const std::optional<T>*>(v);
    }};

template <class T>
struct option_traits;  // containers
template <class T>
struct option_traits<std::vector<T>> {
  static constexpr const option_type* type = &list_option<T>;
};
template <class T>
struct option_traits<std::map<std::string, T>> {
  static constexpr const option_type* type = &map_option<T>;
};
template <class T>
struct option_traits<std::optional<T>> {
  static constexpr const option_type* type = &maybe_option<T>;
};

}  // namespace detail

template <class T>
const option_type& option_type_of() {
  if constexpr (std::is_same_v<T, bool>)
    return detail::scalar_option(option_kind::boolean);
  else if constexpr (std::is_integral_v<T>)
    return detail::integer_option(sizeof(T), std::is_signed_v<T>);
  else if constexpr (std::is_same_v<T, double>)
    return detail::scalar_option(option_kind::real);
  else if constexpr (std::is_same_v<T, std::string>)
    return detail::scalar_option(option_kind::text);
  else if constexpr (std::is_same_v<T, duration>)
    return detail::scalar_option(option_kind::time_span);
  else if constexpr (std::is_same_v<T, byte_size>)
    return detail::scalar_option(option_kind::byte_size);
  else if constexpr (std::is_same_v<T, rate>)
    return detail::scalar_option(option_kind::rate);
  else if constexpr (std::is_same_v<T, range>)
    return detail::scalar_option(option_kind::range);
  else if constexpr (std::is_same_v<T, endpoint>)
    return detail::scalar_option(option_kind::endpoint);
  else if constexpr (std::is_same_v<T, file_path>)
    return detail::scalar_option(option_kind::path);
  else if constexpr (std::is_same_v<T, secret>)
    return detail::scalar_option(option_kind::secret);
  else if constexpr (named_enum<T>)
    return detail::enum_option<T>;
  else if constexpr (requires(T & v, field_visitor & f) { v.fields(f); })
    return detail::group_option<T>;
  else
    return *detail::option_traits<T>::type;
}

}  // namespace mw
