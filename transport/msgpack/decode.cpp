// decode: walks the plan; each value is read where the last one ended.
// SPDX-License-Identifier: Apache-2.0
#include "decode.h"

#include "text.h"
#include "writer.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mw::msgpack {
namespace {

template <class T>
void store(void* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// The number behind the tag of an integer form, of 1 << `log` bytes. There are eight bytes to load.
std::uint64_t load_integer(const std::byte* at, unsigned log) {
  return swapped(load_eight(at + 1)) >> (64 - (8U << log));
}

}  // namespace

bool decoder::message(const group_plan& plan, void* object) {
  const std::byte* at = group(plan, from_.begin, object);
  if (at == nullptr) return false;
  if (at == from_.end) return true;
  from_.refuse(at, reason::trailing,
               std::to_string(from_.left(at)) + " bytes behind the end of the message");
  return false;
}

const std::byte* decoder::group(const group_plan& plan, const std::byte* at, void* object) {
  std::size_t count = 0;
  at = begin_array(at, count);
  if (at == nullptr) return nullptr;
  auto* const base = static_cast<std::byte*>(object);
  const std::size_t known = std::min(count, plan.steps.size());
  const step* const end = plan.steps.data() + known;
  for (const step* one = plan.steps.data(); one != end; ++one) {
    at = value(*one, at, base + one->offset);
    if (at == nullptr) [[unlikely]] {
      const auto index = static_cast<std::size_t>(one - plan.steps.data());
      from_.why.in_field(plan.fields[index].name);
      return nullptr;
    }
  }
  if (count > known) [[unlikely]]
    at = more_elements(count - known, at);
  ++left_.depth;
  return at;
}

// What a newer peer has added to the group.
const std::byte* decoder::more_elements(std::size_t count, const std::byte* at) {
  for (std::size_t i = 0; i < count && at != nullptr; ++i) at = skip(from_, at, left_);
  return at;
}

const std::byte* decoder::value(const step& how, const std::byte* at, void* object) {
  switch (how.code) {
    case op::boolean:
      return boolean(at, object);
    case op::i8:
      return integer<std::int8_t>(at, object);
    case op::i16:
      return integer<std::int16_t>(at, object);
    case op::i32:
      return integer<std::int32_t>(at, object);
    case op::i64:
      return integer<std::int64_t>(at, object);
    case op::u8:
      return natural<std::uint8_t>(at, object);
    case op::u16:
      return natural<std::uint16_t>(at, object);
    case op::u32:
      return natural<std::uint32_t>(at, object);
    case op::u64:
      return natural<std::uint64_t>(at, object);
    case op::f32:
      return real<float>(at, object);
    case op::f64:
      return real<double>(at, object);
    case op::text: {
      std::string_view content;
      at = text(at, content);
      if (at != nullptr) static_cast<std::string*>(object)->assign(content);
      return at;
    }
    case op::text_view:
      return text(at, *static_cast<std::string_view*>(object));
    case op::blob: {
      bytes_view content;
      at = blob(at, content);
      if (at != nullptr) *static_cast<slice*>(object) = payload_.keep(content);
      return at;
    }
    case op::blob_view:
      return blob(at, *static_cast<bytes_view*>(object));
    case op::list:
      return list(how, at, object);
    case op::maybe:
      return maybe(how, at, object);
    case op::group:
      return group(*how.group, at, object);
  }
  return nullptr;
}

const std::byte* decoder::list(const step& how, const std::byte* at, void* object) {
  const std::byte* const before = at;
  std::size_t count = 0;
  at = begin_array(at, count);
  if (at == nullptr) return nullptr;
  const std::size_t stride = how.type->stride;
  if (count != 0 && count > left_.decoded / stride)
    return from_.refuse(before, reason::size,
                        "a list of " + std::to_string(count) + " with " + std::to_string(stride) +
                            " bytes each; together lists may take " +
                            std::to_string(left_.bounds->decoded) +
                            " bytes, the option `decoded_max` sets the limit");
  left_.decoded -= count * stride;
  auto* element = static_cast<std::byte*>(how.type->resize(object, count));
  for (std::size_t i = 0; i < count; ++i, element += stride) {
    at = value(*how.element, at, element);
    if (at == nullptr) [[unlikely]] {
      from_.why.in_element(i);
      return nullptr;
    }
  }
  ++left_.depth;
  return at;
}

const std::byte* decoder::maybe(const step& how, const std::byte* at, void* object) {
  const bool none = at != from_.end && *at == std::byte{0xc0};
  void* const content = how.type->resize(object, none ? 0 : 1);
  return none ? at + 1 : value(*how.element, at, content);
}

// One more array is open from here on; its end gives the depth back.
const std::byte* decoder::begin_array(const std::byte* at, std::size_t& count) {
  item it;
  const std::byte* next = nullptr;
  if (at != from_.end && (*at & std::byte{0xf0}) == std::byte{0x90} &&
      static_cast<std::size_t>(*at & std::byte{0x0f}) < from_.left(at)) [[likely]] {
    it.number = static_cast<std::uint64_t>(*at & std::byte{0x0f});
    next = at + 1;
  } else {
    next = read_item(from_, at, it);
    if (next == nullptr) return nullptr;
    if (it.kind != wire::array) return wrong_type(at, "a list", it);
  }
  if (left_.depth == 0) return from_.refuse(at, reason::depth, too_deep(*left_.bounds));
  if (it.number > left_.nodes) return from_.refuse(at, reason::nodes, too_many(*left_.bounds));
  --left_.depth;
  left_.nodes -= it.number;
  count = it.number;
  return next;
}

const std::byte* decoder::boolean(const std::byte* at, void* object) {
  if (at != from_.end && (*at & std::byte{0xfe}) == std::byte{0xc2}) [[likely]] {
    store(object, *at == std::byte{0xc3});
    return at + 1;
  }
  item it;
  const std::byte* next = read_item(from_, at, it);
  return next == nullptr ? nullptr : wrong_type(at, "a boolean", it);
}

template <class T>
const std::byte* decoder::natural(const std::byte* at, void* object) {
  constexpr std::uint64_t largest = std::numeric_limits<T>::max();
  if (from_.left(at) > sizeof(std::uint64_t)) [[likely]] {
    const auto tag = static_cast<unsigned>(*at);
    if (tag < 0x80) return store(object, static_cast<T>(tag)), at + 1;
    if (tag - 0xcc < 4) [[likely]] {
      const unsigned log = tag - 0xcc;
      const std::uint64_t number = load_integer(at, log);
      if (number <= largest) [[likely]]
        return store(object, static_cast<T>(number)), at + 1 + (std::size_t{1} << log);
    }
  }
  std::uint64_t number = 0;
  at = natural_item(at, largest, number);
  if (at != nullptr) store(object, static_cast<T>(number));
  return at;
}

const std::byte* decoder::natural_item(const std::byte* at, std::uint64_t largest,
                                       std::uint64_t& out) {
  item it;
  const std::byte* next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::natural && it.kind != wire::negative) return wrong_type(at, "a number", it);
  if (it.kind == wire::negative || it.number > largest)
    return from_.refuse(at, reason::range,
                        it.as_text() + " is not within 0.." + std::to_string(largest));
  out = it.number;
  return next;
}

template <class T>
const std::byte* decoder::integer(const std::byte* at, void* object) {
  constexpr std::int64_t largest = std::numeric_limits<T>::max();
  if (from_.left(at) > sizeof(std::uint64_t)) [[likely]] {
    const auto tag = static_cast<unsigned>(*at);
    if (tag < 0x80 || tag >= 0xe0)
      return store(object, static_cast<T>(static_cast<std::int8_t>(tag))), at + 1;
    if (tag - 0xcc < 4) [[likely]] {
      const unsigned log = tag - 0xcc;
      const std::uint64_t number = load_integer(at, log);
      if (number <= static_cast<std::uint64_t>(largest)) [[likely]]
        return store(object, static_cast<T>(number)), at + 1 + (std::size_t{1} << log);
    }
  }
  std::int64_t number = 0;
  at = integer_item(at, largest, number);
  if (at != nullptr) store(object, static_cast<T>(number));
  return at;
}

const std::byte* decoder::integer_item(const std::byte* at, std::int64_t largest,
                                       std::int64_t& out) {
  item it;
  const std::byte* next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::natural && it.kind != wire::negative) return wrong_type(at, "a number", it);
  out = static_cast<std::int64_t>(it.number);
  const bool fits = it.kind == wire::negative ? out >= -largest - 1
                                              : it.number <= static_cast<std::uint64_t>(largest);
  if (fits) return next;
  return from_.refuse(at, reason::range,
                      it.as_text() + " is not within " + std::to_string(-largest - 1) + ".." +
                          std::to_string(largest));
}

template <class T>
const std::byte* decoder::real(const std::byte* at, void* object) {
  constexpr std::byte own_tag{sizeof(T) == 4 ? 0xca : 0xcb};
  if (from_.left(at) > sizeof(std::uint64_t) && *at == own_tag) [[likely]] {
    const std::uint64_t bits = load_integer(at, sizeof(T) == 4 ? 2 : 3);
    if constexpr (sizeof(T) == 4)
      store(object, static_cast<std::uint32_t>(bits));
    else
      store(object, bits);
    return at + 1 + sizeof(T);
  }
  double number = 0;
  const std::byte* next = real_item(at, number);
  if (next == nullptr) return nullptr;
  // Infinities and NaN have a form of either width.
  const bool finite = std::isfinite(number);
  if (finite && (std::abs(number) > static_cast<double>(std::numeric_limits<T>::max()) ||
                 static_cast<double>(static_cast<T>(number)) != number))
    return from_.refuse(
        at, reason::range,
        "a number that a real of " + std::to_string(8 * sizeof(T)) + " bits cannot hold exactly");
  store(object, static_cast<T>(number));
  return next;
}

// Reals in either width, and integers: other encoders write 1.0 as 1.
const std::byte* decoder::real_item(const std::byte* at, double& out) {
  item it;
  const std::byte* next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  constexpr std::uint64_t exact_max = std::uint64_t{1} << 53;
  switch (it.kind) {
    case wire::real32:
    case wire::real64:
      out = it.real();
      return next;
    case wire::natural:
    case wire::negative: {
      const bool minus = it.kind == wire::negative;
      if ((minus ? 0 - it.number : it.number) > exact_max)
        return from_.refuse(at, reason::range, it.as_text() + " is not exact as a real");
      out = minus ? static_cast<double>(static_cast<std::int64_t>(it.number))
                  : static_cast<double>(it.number);
      return next;
    }
    default:
      return wrong_type(at, "a number", it);
  }
}

const std::byte* decoder::text(const std::byte* at, std::string_view& out) {
  item it;
  const std::byte* next = nullptr;
  if (at != from_.end && (*at & std::byte{0xe0}) == std::byte{0xa0} &&
      static_cast<std::size_t>(*at & std::byte{0x1f}) < from_.left(at)) [[likely]] {
    it.number = static_cast<std::uint64_t>(*at & std::byte{0x1f});
    next = at + 1;
  } else {
    next = read_item(from_, at, it);
    if (next == nullptr) return nullptr;
    if (it.kind != wire::text) return wrong_type(at, "text", it);
  }
  const auto* content = reinterpret_cast<const char*>(next);
  if (!is_text(content, it.number)) return from_.refuse(at, reason::utf8, "the text is not UTF-8");
  out = {content, it.number};
  return next + it.number;
}

const std::byte* decoder::blob(const std::byte* at, bytes_view& out) {
  item it;
  const std::byte* next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  if (it.kind != wire::blob) return wrong_type(at, "a blob", it);
  out = {next, it.number};
  return next + it.number;
}

const std::byte* decoder::wrong_type(const std::byte* at, std::string_view wanted,
                                     const item& got) {
  return from_.refuse(at, reason::type,
                      "wanted " + std::string(wanted) + ", got " + got.as_text() +
                          "; do both nodes have the same version of the message?");
}

}  // namespace mw::msgpack
