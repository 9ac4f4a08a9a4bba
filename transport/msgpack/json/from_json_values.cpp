// from_json_values: single values: numbers of all widths, texts and bytes.
// SPDX-License-Identifier: Apache-2.0
#include "base64.h"
#include "from_json.h"

#include <charconv>
#include <limits>

namespace mw::msgpack {
namespace {

template <class T>
std::optional<T> parse_real(std::string_view digits) {
  T number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<double> named_real(std::string_view name) {
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (name == "inf") return std::numeric_limits<double>::infinity();
  if (name == "-inf") return -std::numeric_limits<double>::infinity();
  return std::nullopt;
}

}  // namespace

json_scanner::extent json_scanner::extent_of(op code) {
  const auto bits_above = [code](op smallest) {
    return 8U << (static_cast<unsigned>(code) - static_cast<unsigned>(smallest));
  };
  if (code >= op::i8 && code <= op::i64) {
    const std::uint64_t half = std::uint64_t{1} << (bits_above(op::i8) - 1);
    return {half, half - 1};
  }
  return {0, ~std::uint64_t{0} >> (64 - bits_above(op::u8))};
}

bool json_scanner::is_number(index i, bool with_point) const {
  return at(i).kind == token_kind::number &&
         (at(i).raw.find_first_of(".eE") != std::string_view::npos) == with_point;
}

bool json_scanner::boolean(index i) {
  if (at(i).kind != token_kind::truth && at(i).kind != token_kind::lie)
    return wanted(i, "true or false");
  std::byte one;
  put_boolean(&one, at(i).kind == token_kind::truth);
  return put(i, &one, 1);
}

bool json_scanner::integer(index i, const extent& bounds) {
  if (at(i).kind != token_kind::number) return wanted(i, "a whole number");
  if (!is_number(i, false))
    return refuse(i, reason::type, "wanted a whole number; write it without point and exponent");
  std::string_view digits = at(i).raw;
  const bool minus = digits.starts_with('-');
  if (minus) digits.remove_prefix(1);
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  const bool any = end == digits.data() + digits.size() && error == std::errc{};
  if (!any || size > (minus ? bounds.below : bounds.above))
    return refuse(i, reason::range,
                  std::string(at(i).raw.substr(0, 40)) + " is not within " +
                      (bounds.below == 0 ? "" : "-") + std::to_string(bounds.below) + ".." +
                      std::to_string(bounds.above));
  std::byte head[head_max];
  const std::byte* done =
      minus ? put_integer(head, static_cast<std::int64_t>(0 - size)) : put_natural(head, size);
  return put(i, head, static_cast<std::size_t>(done - head));
}

bool json_scanner::real(index i, op code) {
  const auto member = only_member(i, "$real");
  if (!member && at(i).kind != token_kind::number) return wanted(i, "a number");
  if (member && at(*member).kind != token_kind::text) return wanted(*member, "a text");
  const std::string_view digits = member ? at(*member).raw : at(i).raw;
  std::byte head[head_max];
  std::byte* end = nullptr;
  if (member) {
    if (const auto number = named_real(digits))
      end = code == op::f32 ? put_real(head, static_cast<float>(*number)) : put_real(head, *number);
  } else if (code == op::f32) {
    if (const auto number = parse_real<float>(digits)) end = put_real(head, *number);
  } else {
    if (const auto number = parse_real<double>(digits)) end = put_real(head, *number);
  }
  if (end == nullptr)
    return refuse(i, reason::range,
                  std::string(digits.substr(0, 40)) +
                      (member ? " is none of nan, inf and -inf" : " is beyond what a real holds"));
  return put(i, head, static_cast<std::size_t>(end - head));
}

bool json_scanner::text(index i) {
  if (at(i).kind != token_kind::text) return wanted(i, "a text");
  const std::string content = unescaped(at(i).raw);
  std::byte head[head_max];
  const std::byte* end = put_text_head(head, content.size());
  return put(i, head, static_cast<std::size_t>(end - head)) &&
         put(i, as_bytes(content).data(), content.size());
}

bool json_scanner::blob(index i) {
  const auto member = only_member(i, "$bytes");
  if (!member) return wanted(i, "{\"$bytes\": \"base64\"}");
  if (at(*member).kind != token_kind::text) return wanted(*member, "a text");
  const auto content = from_base64(unescaped(at(*member).raw));
  if (!content) return refuse(*member, reason::syntax, "this is not base64 with padding");
  std::byte head[head_max];
  const std::byte* end = put_blob_head(head, content->size());
  return put(i, head, static_cast<std::size_t>(end - head)) &&
         put(i, content->data(), content->size());
}

}  // namespace mw::msgpack
