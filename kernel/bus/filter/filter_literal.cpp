// filter_literal: one reader for each kind of field.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter_literal.h"

#include <mw/types.h>

#include <charconv>
#include <chrono>
#include <optional>

namespace mw::kernel {
namespace {

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_signed_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  const result<duration> value = parse_duration(negative ? text.substr(1) : text);
  if (!value) return std::nullopt;
  return negative ? -value->count() : value->count();
}

// The number of exactly `digits` digits that `text` starts with, cut off it.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  const std::string_view front = text.substr(0, digits);
  if (front.size() != digits || front.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  text.remove_prefix(digits);
  return parse_number<int>(front);
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// "2026-01-31" or "2026-01-31T12:30:00Z", in UTC; nanoseconds since 1970.
std::optional<std::int64_t> parse_moment(std::string_view text) {
  namespace chrono = std::chrono;
  const auto y = take_digits(text, 4);
  const auto m = take(text, '-') ? take_digits(text, 2) : std::nullopt;
  const auto d = take(text, '-') ? take_digits(text, 2) : std::nullopt;
  // The nanoseconds of an int64 end in 2262.
  if (!y || !m || !d || *y < 1970 || *y > 2261) return std::nullopt;
  const chrono::year_month_day date{chrono::year(*y), chrono::month(unsigned(*m)),
                                    chrono::day(unsigned(*d))};
  if (!date.ok()) return std::nullopt;
  const duration midnight = chrono::sys_days(date).time_since_epoch();
  if (text.empty()) return midnight.count();
  const auto h = take(text, 'T') ? take_digits(text, 2) : std::nullopt;
  const auto min = take(text, ':') ? take_digits(text, 2) : std::nullopt;
  const auto s = take(text, ':') ? take_digits(text, 2) : std::nullopt;
  if (!h || !min || !s || text != "Z" || *h > 23 || *min > 59 || *s > 59) return std::nullopt;
  return (midnight + chrono::hours(*h) + chrono::minutes(*min) + chrono::seconds(*s)).count();
}

// Fills the value of `out.kind`; false when the literal is no such value.
bool read_value(const filter_token& literal, field_value& out) {
  const auto store = [](auto parsed, auto& member) {
    if (parsed) member = *parsed;
    return parsed.has_value();
  };
  const bool number = literal.kind == token_kind::number;
  const bool text = literal.kind == token_kind::text;
  switch (out.kind) {
    case value_kind::boolean:
      out.boolean = literal.value == "true";
      return literal.kind == token_kind::word;
    case value_kind::integer:
      return number && store(parse_number<std::int64_t>(literal.value), out.integer);
    case value_kind::natural:
      return number && store(parse_number<std::uint64_t>(literal.value), out.natural);
    case value_kind::real:
      return number && store(parse_number<double>(literal.value), out.real);
    case value_kind::span_of_time:
      return number && store(parse_signed_duration(literal.value), out.integer);
    case value_kind::moment:
      return text && store(parse_moment(literal.value), out.integer);
    case value_kind::text:
      out.text = literal.value;
      return text;
  }
  return false;
}

std::string_view example_of(value_kind kind) {
  switch (kind) {
    case value_kind::boolean:
      return "true";
    case value_kind::integer:
    case value_kind::natural:
      return "3";
    case value_kind::real:
      return "3.5";
    case value_kind::span_of_time:
      return "250ms";
    case value_kind::moment:
      return "\"2026-01-31T12:30:00Z\" or \"2026-01-31\"";
    case value_kind::text:
      return "\"a\"";
  }
  return "";
}

}  // namespace

std::string_view kind_in_words(value_kind kind) {
  switch (kind) {
    case value_kind::boolean:
      return "true or false";
    case value_kind::integer:
      return "a whole number";
    case value_kind::natural:
      return "a whole number, never negative";
    case value_kind::real:
      return "a number";
    case value_kind::span_of_time:
      return "a duration";
    case value_kind::moment:
      return "a moment in UTC";
    case value_kind::text:
      return "a text";
  }
  return "";
}

std::variant<field_value, std::string> read_literal(const filter_token& literal,
                                                    const field_info& field) {
  field_value out;
  out.kind = field.kind;
  if (read_value(literal, out)) return out;
  std::string why("'");
  why.append(field.name).append("' is ").append(kind_in_words(field.kind));
  return why.append("; compare it with a value like ").append(example_of(field.kind));
}

}  // namespace mw::kernel
