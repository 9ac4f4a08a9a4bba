// decode_items: the less usual forms of values, and what the decoder says when it refuses one.
// SPDX-License-Identifier: Apache-2.0
#include "decode.h"
#include "text.h"

#include <cmath>
#include <limits>

namespace mw::msgpack {
namespace {

// Numbers of 1, 2, 4 or 8 bytes in the machine's own order, which is the wire's reversed.
void store_number(void* to, std::uint64_t bits, unsigned width) {
  std::memcpy(to, &bits, width);
}

bool is_integer(const item& it) {
  return it.kind == wire::natural || it.kind == wire::negative;
}

// Integers are exact as a double up to here.
constexpr std::uint64_t exact_max = std::uint64_t{1} << 53;

}  // namespace

// What a newer peer has added to the group.
const std::byte* decoder::more_elements(std::size_t count, place at) {
  for (std::size_t i = 0; i < count && at != nullptr; ++i) at = skip(from_, at, left_);
  return at;
}

const std::byte* decoder::array_item(place at, std::size_t& count) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::array) return wrong_type(at, "a list", it);
  count = it.number;
  return next;
}

const std::byte* decoder::natural_item(place at, unsigned width, void* object) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (!is_integer(it)) return wrong_type(at, "a number", it);
  const std::uint64_t largest = ~std::uint64_t{0} >> (64 - 8 * width);
  if (it.kind == wire::negative || it.number > largest)
    return from_.refuse(at, reason::range,
                        it.as_text() + " is not within 0.." + std::to_string(largest));
  store_number(object, it.number, width);
  return next;
}

const std::byte* decoder::integer_item(place at, unsigned width, void* object) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (!is_integer(it)) return wrong_type(at, "a number", it);
  const auto largest = static_cast<std::int64_t>(~std::uint64_t{0} >> (65 - 8 * width));
  const auto number = static_cast<std::int64_t>(it.number);
  const bool fits = it.kind == wire::negative ? number >= -largest - 1
                                              : it.number <= static_cast<std::uint64_t>(largest);
  if (!fits)
    return from_.refuse(at, reason::range,
                        it.as_text() + " is not within " + std::to_string(-largest - 1) + ".." +
                            std::to_string(largest));
  store_number(object, it.number, width);
  return next;
}

// Reals in either width, and integers: other encoders write 1.0 as 1.
const std::byte* decoder::real_item(place at, unsigned width, void* object) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  const bool is_real = it.kind == wire::real32 || it.kind == wire::real64;
  if (!is_real && !is_integer(it)) return wrong_type(at, "a number", it);
  const std::uint64_t size = it.kind == wire::negative ? 0 - it.number : it.number;
  if (!is_real && size > exact_max)
    return from_.refuse(at, reason::range, it.as_text() + " is not exact as a real");
  const double number = is_real                     ? it.real()
                        : it.kind == wire::negative ? -static_cast<double>(size)
                                                    : static_cast<double>(size);
  if (width == 8) return std::memcpy(object, &number, 8), next;
  // Infinities and NaN have a form of either width.
  if (std::isfinite(number) && (std::abs(number) > std::numeric_limits<float>::max() ||
                                static_cast<double>(static_cast<float>(number)) != number))
    return from_.refuse(at, reason::range, "a number that a real of 32 bits cannot hold exactly");
  const auto narrow = static_cast<float>(number);
  std::memcpy(object, &narrow, 4);
  return next;
}

const std::byte* decoder::text_item(place at, std::string_view& out) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::text) return wrong_type(at, "text", it);
  const auto* content = reinterpret_cast<const char*>(next);
  if (!is_text(content, it.number)) return not_text(at);
  out = {content, it.number};
  return next + it.number;
}

const std::byte* decoder::blob_item(place at, bytes_view& out) {
  item it;
  const place next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::blob) return wrong_type(at, "a blob", it);
  out = {next, it.number};
  return next + it.number;
}

const std::byte* decoder::boolean_item(place at) {
  item it;
  const place next = read_item(from_, at, it);
  return next == nullptr ? nullptr : wrong_type(at, "a boolean", it);
}

const std::byte* decoder::not_text(place at) {
  return from_.refuse(at, reason::utf8, "the text is not UTF-8");
}

const std::byte* decoder::deep(place at) {
  return from_.refuse(at, reason::depth, too_deep(*left_.bounds));
}

const std::byte* decoder::many(place at) {
  return from_.refuse(at, reason::nodes, too_many(*left_.bounds));
}

const std::byte* decoder::large(place at, std::size_t count, std::size_t stride) {
  return from_.refuse(at, reason::size,
                      "a list of " + std::to_string(count) + " with " + std::to_string(stride) +
                          " bytes each; together lists may take " +
                          std::to_string(left_.bounds->decoded) +
                          " bytes, the option `decoded_max` sets the limit");
}

const std::byte* decoder::in_field(const group_plan& plan, const step& field) {
  from_.why.in_field(plan.fields[static_cast<std::size_t>(&field - plan.steps.data())].name);
  return nullptr;
}

const std::byte* decoder::in_element(std::size_t index) {
  from_.why.in_element(index);
  return nullptr;
}

const std::byte* decoder::wrong_type(place at, std::string_view wanted, const item& got) {
  return from_.refuse(at, reason::type,
                      "wanted " + std::string(wanted) + ", got " + got.as_text() +
                          "; do both nodes have the same version of the message?");
}

}  // namespace mw::msgpack
