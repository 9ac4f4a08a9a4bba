// option_types: the ready-made scalar option types and how their text is read.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>
#include <mw/option_types.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace mw::detail {
namespace {

failure expected(std::string_view what, std::string_view text) {
  std::string message("expected ");
  return {errc::invalid, message.append(what).append(", got '").append(text).append("'")};
}

status parse_bool(std::string_view text, void* value) {
  if (text != "true" && text != "false") return expected("true or false", text);
  *static_cast<bool*>(value) = text == "true";
  return {};
}

std::string print_bool(const void* value) {
  return *static_cast<const bool*>(value) ? "true" : "false";
}

status parse_real(std::string_view text, void* value) {
  double parsed = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(parsed))
    return expected("a number", text);
  *static_cast<double*>(value) = parsed;
  return {};
}

std::string print_real(const void* value) {
  char text[32];
  const auto [end, error] =
      std::to_chars(text, text + sizeof text, *static_cast<const double*>(value));
  return error == std::errc{} ? std::string(text, end) : std::string("0");
}

bool looks_octal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text.find_first_not_of("0123456789") == text.npos;
}

template <class T>
status parse_integer(std::string_view text, void* value) {
  if (looks_octal(text)) return expected("a decimal number without leading zeros", text);
  T parsed{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  const bool whole = end == text.data() + text.size();
  if (error == std::errc::result_out_of_range && whole) {
    return expected("a whole number from " + std::to_string(std::numeric_limits<T>::min()) +
                        " to " + std::to_string(std::numeric_limits<T>::max()),
                    text);
  }
  if (error != std::errc{} || !whole)
    return expected(std::is_signed_v<T> ? "a whole number" : "a whole number, not negative", text);
  *static_cast<T*>(value) = parsed;
  return {};
}

template <class T>
constexpr option_type integer_type{
    .kind = std::is_signed_v<T> ? option_kind::integer : option_kind::natural,
    .name = "whole number",
    .as_number = [](const void* v) { return static_cast<double>(*static_cast<const T*>(v)); },
    .parse = &parse_integer<T>,
    .print = [](const void* v) { return std::to_string(*static_cast<const T*>(v)); }};

constexpr option_type boolean_type{.kind = option_kind::boolean,
                                   .name = "true or false",
                                   .parse = &parse_bool,
                                   .print = &print_bool};

constexpr option_type real_type{
    .kind = option_kind::real,
    .name = "number",
    .as_number = [](const void* v) { return *static_cast<const double*>(v); },
    .parse = &parse_real,
    .print = &print_real};

constexpr option_type text_type{
    .kind = option_kind::text,
    .name = "text",
    .parse = [](std::string_view text, void* v) -> status {
      *static_cast<std::string*>(v) = text;
      return {};
    },
    .print = [](const void* v) { return *static_cast<const std::string*>(v); }};

// A quantity type: parsed and printed by the functions of types.h.
template <class T, auto Parse, auto Number>
constexpr option_type quantity_type(option_kind kind, std::string_view name) {
  return {.kind = kind,
          .name = name,
          .as_number =
              [](const void* v) { return static_cast<double>(Number(*static_cast<const T*>(v))); },
          .parse = [](std::string_view text, void* v) -> status {
            MW_TRY(*static_cast<T*>(v), Parse(text));
            return {};
          },
          .print = [](const void* v) { return to_string(*static_cast<const T*>(v)); }};
}

constexpr option_type duration_type =
    quantity_type<duration, &parse_duration, [](duration d) { return d.count(); }>(
        option_kind::time_span, "duration");
constexpr option_type size_type =
    quantity_type<byte_size, &parse_byte_size, [](byte_size s) { return s.count; }>(
        option_kind::byte_size, "size");
constexpr option_type rate_type =
    quantity_type<rate, &parse_rate, [](rate r) { return r.per_second; }>(option_kind::rate,
                                                                          "rate");
constexpr option_type range_type =
    quantity_type<range, &parse_range, [](range r) { return r.high; }>(option_kind::range, "range");

constexpr option_type endpoint_type{.kind = option_kind::endpoint,
                                    .name = "endpoint",
                                    .parse = [](std::string_view text, void* v) -> status {
                                      MW_TRY(*static_cast<endpoint*>(v), parse_endpoint(text));
                                      return {};
                                    },
                                    .print =
                                        [](const void* v) {
                                          const endpoint& e = *static_cast<const endpoint*>(v);
                                          return e.empty() ? std::string() : to_string(e);
                                        }};

constexpr option_type path_type{
    .kind = option_kind::path,
    .name = "path",
    .parse = [](std::string_view text, void* v) -> status {
      if (text.empty()) return expected("a path", text);
      static_cast<file_path*>(v)->text = text;
      return {};
    },
    .print = [](const void* v) { return static_cast<const file_path*>(v)->text; }};

constexpr option_type secret_type{
    .kind = option_kind::secret,
    .name = "secret",
    .parse = [](std::string_view text, void* v) -> status {
      *static_cast<secret*>(v) = secret(std::string(text));
      return {};
    },
    .print =
        [](const void* v) {
          return std::string(static_cast<const secret*>(v)->empty() ? "" : "(hidden)");
        }};

}  // namespace

const option_type& scalar_option(option_kind kind) {
  switch (kind) {
    case option_kind::boolean:
      return boolean_type;
    case option_kind::real:
      return real_type;
    case option_kind::text:
      return text_type;
    case option_kind::time_span:
      return duration_type;
    case option_kind::byte_size:
      return size_type;
    case option_kind::rate:
      return rate_type;
    case option_kind::range:
      return range_type;
    case option_kind::endpoint:
      return endpoint_type;
    case option_kind::path:
      return path_type;
    case option_kind::secret:
      return secret_type;
    default:
      break;
  }
  MW_ASSERT(false, "scalar_option is called for scalar kinds only");
}

const option_type& integer_option(std::size_t size, bool is_signed) {
  switch (size) {
    case 1:
      return is_signed ? integer_type<std::int8_t> : integer_type<std::uint8_t>;
    case 2:
      return is_signed ? integer_type<std::int16_t> : integer_type<std::uint16_t>;
    case 4:
      return is_signed ? integer_type<std::int32_t> : integer_type<std::uint32_t>;
    default:
      return is_signed ? integer_type<std::int64_t> : integer_type<std::uint64_t>;
  }
}

result<std::size_t> find_choice(std::string_view text, std::span<const std::string_view> names) {
  std::string listed;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == text) return i;
    listed.append(i == 0 ? "" : i + 1 == names.size() ? " or " : ", ").append(names[i]);
  }
  return expected(listed, text);
}

}  // namespace mw::detail
