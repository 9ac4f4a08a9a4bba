// reader: heads of all forms; lengths are checked before anything is done with them.
// SPDX-License-Identifier: Apache-2.0
#include "reader.h"

#include <array>
#include <bit>
#include <cstring>

namespace mw::msgpack {
namespace {

// `size` bytes, 1, 2, 4 or 8 of them, most significant first.
std::uint64_t load_number(const std::byte* from, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<std::uint8_t>(from[i]);
  return value;
}

// A form whose head is a tag and a number of `width` bytes.
struct form {
  wire kind;
  std::uint8_t width;
};
// From 0xc4 to 0xdf. Width zero: extensions, which are refused.
constexpr std::array<form, 28> forms{{
    {wire::blob, 1},     {wire::blob, 2},     {wire::blob, 4},     {wire::nil, 0},
    {wire::nil, 0},      {wire::nil, 0},      {wire::real32, 4},   {wire::real64, 8},
    {wire::natural, 1},  {wire::natural, 2},  {wire::natural, 4},  {wire::natural, 8},
    {wire::negative, 1}, {wire::negative, 2}, {wire::negative, 4}, {wire::negative, 8},
    {wire::nil, 0},      {wire::nil, 0},      {wire::nil, 0},      {wire::nil, 0},
    {wire::nil, 0},      {wire::text, 1},     {wire::text, 2},     {wire::text, 4},
    {wire::array, 2},    {wire::array, 4},    {wire::map, 2},      {wire::map, 4},
}};

// The sign of the number's own width becomes that of 64 bits.
void extend_sign(item& out, std::size_t width) {
  const auto shift = static_cast<int>(64 - 8 * width);
  const auto value = static_cast<std::int64_t>(out.number << shift) >> shift;
  out.number = static_cast<std::uint64_t>(value);
  if (value >= 0) out.kind = wire::natural;
}

const std::byte* short_form(unsigned tag, const std::byte* next, item& out) {
  if (tag < 0x80) return out = {wire::natural, tag}, next;
  if (tag < 0x90) return out = {wire::map, tag & 15U}, next;
  if (tag < 0xa0) return out = {wire::array, tag & 15U}, next;
  if (tag < 0xc0) return out = {wire::text, tag & 31U}, next;
  if (tag == 0xc0) return out = {wire::nil, 0}, next;
  if (tag >= 0xe0) return out = {wire::negative, tag | ~std::uint64_t{0xff}}, next;
  return out = {wire::boolean, tag & 1U}, next;
}

const std::byte* long_form(source& from, const std::byte* at, unsigned tag, item& out) {
  const form& how = forms[tag - 0xc4];
  if (how.width == 0)
    return from.refuse(at, reason::extension,
                       "an extension type; this format has none, send the value as a blob");
  if (from.left(at + 1) < how.width)
    return from.refuse(at, reason::truncated, "the bytes end inside a number");
  out = {how.kind, load_number(at + 1, how.width)};
  if (how.kind == wire::negative) extend_sign(out, how.width);
  return at + 1 + how.width;
}

bool backed(const source& from, const std::byte* next, const item& it) {
  if (it.kind == wire::map) return it.number <= from.left(next) / 2;
  if (it.kind == wire::text || it.kind == wire::blob || it.kind == wire::array)
    return it.number <= from.left(next);
  return true;
}

}  // namespace

std::string_view name_of(wire kind) {
  constexpr std::array<std::string_view, 10> names{"nil",    "a boolean", "a number", "a number",
                                                   "a real", "a real",    "text",     "a blob",
                                                   "a list", "a map"};
  return names[static_cast<std::size_t>(kind)];
}

double item::real() const {
  if (kind == wire::real64) return std::bit_cast<double>(number);
  return std::bit_cast<float>(static_cast<std::uint32_t>(number));
}

std::string item::as_text() const {
  switch (kind) {
    case wire::boolean:
      return number != 0 ? "true" : "false";
    case wire::natural:
      return std::to_string(number);
    case wire::negative:
      return std::to_string(static_cast<std::int64_t>(number));
    case wire::text:
    case wire::blob:
      return std::string(name_of(kind)) + " of " + std::to_string(number) + " bytes";
    case wire::array:
    case wire::map:
      return std::string(name_of(kind)) + " of " + std::to_string(number);
    default:
      return std::string(name_of(kind));
  }
}

const std::byte* source::refuse(const std::byte* at, reason because, std::string what) {
  why.why = because;
  why.at = static_cast<std::size_t>(at - begin);
  why.what = std::move(what);
  return nullptr;
}

const std::byte* source::refuse_rest(const std::byte* at) {
  return refuse(at, reason::trailing,
                std::to_string(left(at)) + " bytes behind the end of the message");
}

const std::byte* read_item(source& from, const std::byte* at, item& out) {
  if (at == from.end) return from.refuse(at, reason::truncated, "the bytes end before this value");
  const auto tag = static_cast<unsigned>(*at);
  if (tag == 0xc1) return from.refuse(at, reason::reserved, "0xC1, which means nothing in msgpack");
  const bool is_short = tag < 0xc4 || tag >= 0xe0;
  const std::byte* next = is_short ? short_form(tag, at + 1, out) : long_form(from, at, tag, out);
  if (next == nullptr || backed(from, next, out)) return next;
  return from.refuse(
      at, reason::truncated,
      out.as_text() + ", but only " + std::to_string(from.left(next)) + " bytes are left");
}

std::string too_deep(const limits& bounds) {
  return "more than " + std::to_string(bounds.depth) +
         " lists and groups inside each other; the option `depth` sets the limit";
}
std::string too_many(const limits& bounds) {
  return "more than " + std::to_string(bounds.nodes) +
         " values in the message; the option `nodes` sets the limit";
}

// Values still to pass at each depth, innermost last. No recursion: nothing is known about these
// bytes, except that a newer peer had a use for them.
const std::byte* skip(source& from, const std::byte* at, budget& left) {
  std::array<std::uint64_t, depth_max + 1> to_go;
  std::size_t open = 0;
  to_go[0] = 1;
  while (true) {
    item it;
    const std::byte* next = read_item(from, at, it);
    if (next == nullptr) return nullptr;
    --to_go[open];
    if (it.kind == wire::text || it.kind == wire::blob) next += it.number;
    if (it.kind == wire::array || it.kind == wire::map) {
      if (open == left.depth) return from.refuse(at, reason::depth, too_deep(*left.bounds));
      const std::uint64_t values = it.kind == wire::map ? 2 * it.number : it.number;
      if (values > left.nodes) return from.refuse(at, reason::nodes, too_many(*left.bounds));
      left.nodes -= values;
      to_go[++open] = values;
    }
    at = next;
    while (to_go[open] == 0) {
      if (open == 0) return at;
      --open;
    }
  }
}

}  // namespace mw::msgpack
