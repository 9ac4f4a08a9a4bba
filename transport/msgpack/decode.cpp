// decode: walks the plan; each value is read where the last one ended.
// SPDX-License-Identifier: Apache-2.0
#include "decode.h"

#include "text.h"
#include "writer.h"

#include <algorithm>
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

// One more array is open from here on; its end gives the depth back.
[[gnu::always_inline]] inline const std::byte* decoder::begin_array(place at, std::size_t& count) {
  if (at != from_.end && (*at & std::byte{0xf0}) == std::byte{0x90} &&
      static_cast<std::size_t>(*at & std::byte{0x0f}) < from_.left(at)) [[likely]] {
    count = static_cast<std::size_t>(*at & std::byte{0x0f});
    ++at;
  } else {
    const place before = at;
    at = array_item(before, count);
    if (at == nullptr) return nullptr;
  }
  if (left_.depth == 0) [[unlikely]]
    return deep(at);
  if (count > left_.nodes) [[unlikely]]
    return many(at);
  --left_.depth;
  left_.nodes -= count;
  return at;
}

inline const std::byte* decoder::boolean(place at, void* object) {
  if (at == from_.end || (*at & std::byte{0xfe}) != std::byte{0xc2}) [[unlikely]]
    return boolean_item(at);
  store(object, *at == std::byte{0xc3});
  return at + 1;
}

template <class T>
inline const std::byte* decoder::natural(place at, void* object) {
  if (from_.left(at) > sizeof(std::uint64_t)) [[likely]] {
    const auto tag = static_cast<unsigned>(*at);
    if (tag < 0x80) return store(object, static_cast<T>(tag)), at + 1;
    if (tag - 0xcc < 4) [[likely]] {
      const unsigned log = tag - 0xcc;
      const std::uint64_t number = load_integer(at, log);
      if (number <= std::numeric_limits<T>::max()) [[likely]]
        return store(object, static_cast<T>(number)), at + 1 + (std::size_t{1} << log);
    }
  }
  return natural_item(at, sizeof(T), object);
}

template <class T>
inline const std::byte* decoder::integer(place at, void* object) {
  if (from_.left(at) > sizeof(std::uint64_t)) [[likely]] {
    const auto tag = static_cast<unsigned>(*at);
    if (tag < 0x80 || tag >= 0xe0)
      return store(object, static_cast<T>(static_cast<std::int8_t>(tag))), at + 1;
    if (tag - 0xcc < 4) [[likely]] {
      const unsigned log = tag - 0xcc;
      const std::uint64_t number = load_integer(at, log);
      if (number <= static_cast<std::uint64_t>(std::numeric_limits<T>::max())) [[likely]]
        return store(object, static_cast<T>(number)), at + 1 + (std::size_t{1} << log);
    }
    if (tag - 0xd0 < 4) {
      // The sign comes along when the bytes are shifted down from the top.
      const unsigned log = tag - 0xd0;
      const auto number =
          static_cast<std::int64_t>(swapped(load_eight(at + 1))) >> (64 - (8U << log));
      if (number >= std::numeric_limits<T>::min() && number <= std::numeric_limits<T>::max())
          [[likely]]
        return store(object, static_cast<T>(number)), at + 1 + (std::size_t{1} << log);
    }
  }
  return integer_item(at, sizeof(T), object);
}

template <class T>
inline const std::byte* decoder::real(place at, void* object) {
  constexpr std::byte own_tag{sizeof(T) == 4 ? 0xca : 0xcb};
  if (from_.left(at) <= sizeof(std::uint64_t) || *at != own_tag) [[unlikely]]
    return real_item(at, sizeof(T), object);
  const std::uint64_t bits = load_integer(at, sizeof(T) == 4 ? 2 : 3);
  if constexpr (sizeof(T) == 4)
    store(object, static_cast<std::uint32_t>(bits));
  else
    store(object, bits);
  return at + 1 + sizeof(T);
}

inline const std::byte* decoder::text(place at, std::string_view& out) {
  const std::size_t left = from_.left(at);
  if (left == 0 || (*at & std::byte{0xe0}) != std::byte{0xa0}) return text_item(at, out);
  const auto size = static_cast<std::size_t>(*at & std::byte{0x1f});
  if (size >= left) [[unlikely]]
    return text_item(at, out);
  const auto* content = reinterpret_cast<const char*>(at + 1);
  if (!is_text(content, size)) [[unlikely]]
    return not_text(at);
  out = {content, size};
  return at + 1 + size;
}

[[gnu::always_inline]] inline const std::byte* decoder::blob(place at, bytes_view& out) {
  if (from_.left(at) < 5) [[unlikely]]
    return blob_item(at, out);
  std::size_t size = 0;
  place content = at + 2;
  if (*at == std::byte{0xc4}) {
    size = static_cast<std::size_t>(at[1]);
  } else if (*at == std::byte{0xc5}) {
    size = std::to_integer<std::size_t>(at[1]) << 8 | std::to_integer<std::size_t>(at[2]);
    content = at + 3;
  } else {
    return blob_item(at, out);
  }
  if (size > from_.left(content)) [[unlikely]]
    return blob_item(at, out);
  out = {content, size};
  return content + size;
}

[[gnu::always_inline]] inline const std::byte* decoder::value(const step& how, place at,
                                                              void* object) {
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
    case op::text:
      return owned_text(at, object);
    case op::text_view:
      return text(at, *static_cast<std::string_view*>(object));
    case op::blob:
      return shared_blob(at, object);
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

// The fields of a message, without a call for those that are no groups themselves.
[[gnu::always_inline]] inline const std::byte* decoder::fields(const group_plan& plan, place at,
                                                               void* object) {
  std::size_t count = 0;
  at = begin_array(at, count);
  if (at == nullptr) return nullptr;
  auto* const base = static_cast<std::byte*>(object);
  const std::size_t known = std::min(count, plan.steps.size());
  const step* const end = plan.steps.data() + known;
  for (const step* one = plan.steps.data(); one != end; ++one) {
    at = value(*one, at, base + one->offset);
    if (at == nullptr) [[unlikely]]
      return in_field(plan, *one);
  }
  if (count > known) [[unlikely]]
    at = more_elements(count - known, at);
  ++left_.depth;
  return at;
}

bool decoder::message(const group_plan& plan, void* object) {
  const place at = fields(plan, from_.begin, object);
  if (at == nullptr) return false;
  if (at == from_.end) [[likely]]
    return true;
  from_.refuse_rest(at);
  return false;
}

const std::byte* decoder::group(const group_plan& plan, place at, void* object) {
  return fields(plan, at, object);
}

// A value that is no field.
const std::byte* decoder::nested(const step& how, place at, void* object) {
  return value(how, at, object);
}

const std::byte* decoder::list(const step& how, place at, void* object) {
  const place before = at;
  std::size_t count = 0;
  at = begin_array(at, count);
  if (at == nullptr) return nullptr;
  const std::size_t stride = how.type->stride;
  if (count != 0 && count > left_.decoded / stride) return large(before, count, stride);
  left_.decoded -= count * stride;
  auto* element = static_cast<std::byte*>(how.type->resize(object, count));
  for (std::size_t i = 0; i < count; ++i, element += stride) {
    at = value(*how.element, at, element);
    if (at == nullptr) [[unlikely]]
      return in_element(i);
  }
  ++left_.depth;
  return at;
}

const std::byte* decoder::maybe(const step& how, place at, void* object) {
  const bool none = at != from_.end && *at == std::byte{0xc0};
  void* const content = how.type->resize(object, none ? 0 : 1);
  return none ? at + 1 : nested(*how.element, at, content);
}

const std::byte* decoder::owned_text(place at, void* object) {
  std::string_view content;
  at = text(at, content);
  if (at != nullptr) static_cast<std::string*>(object)->assign(content);
  return at;
}

const std::byte* decoder::shared_blob(place at, void* object) {
  bytes_view content;
  at = blob(at, content);
  if (at != nullptr) *static_cast<slice*>(object) = payload_.keep(content);
  return at;
}

}  // namespace mw::msgpack
