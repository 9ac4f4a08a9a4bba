// encode: walks the plan and writes each value where the last one ended.
// SPDX-License-Identifier: Apache-2.0
#include "encode.h"

#include "text.h"

namespace mw::msgpack {
namespace {

template <class T>
T load(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

constexpr std::size_t length_max = 0xffffffff;  // of 32 bits

}  // namespace

// One more array is open from here on; its end gives the depth back.
[[gnu::always_inline]] inline std::byte* encoder::begin_array(std::byte* to, std::size_t count) {
  if (depth_ == 0) [[unlikely]]
    return too_deep(to);
  if (count > nodes_) [[unlikely]]
    return too_many(to);
  --depth_;
  nodes_ -= count;
  return put_array(to, count);
}

inline std::byte* encoder::text(std::byte* to, std::string_view content) {
  if (!is_text(content.data(), content.size())) [[unlikely]]
    return not_text(to);
  to = content.size() <= length_max ? out_.room(to, head_max + content.size()) : nullptr;
  if (to == nullptr) [[unlikely]]
    return too_large(content.size());
  to = put_text_head(to, content.size());
  copy_bytes(to, content.data(), content.size());
  return to + content.size();
}

[[gnu::always_inline]] inline std::byte* encoder::blob(std::byte* to, bytes_view content) {
  to = content.size() <= length_max ? out_.room(to, head_max + content.size()) : nullptr;
  if (to == nullptr) [[unlikely]]
    return too_large(content.size());
  to = put_blob_head(to, content.size());
  copy_bytes(to, content.data(), content.size());
  return to + content.size();
}

[[gnu::always_inline]] inline std::byte* encoder::value(const step& how, std::byte* to,
                                                        const void* object) {
  to = out_.room(to, head_max);
  if (to == nullptr) [[unlikely]]
    return too_large(head_max);
  switch (how.code) {
    case op::boolean:
      return put_boolean(to, load<std::uint8_t>(object) != 0);
    case op::i8:
      return put_integer(to, load<std::int8_t>(object));
    case op::i16:
      return put_integer(to, load<std::int16_t>(object));
    case op::i32:
      return put_integer(to, load<std::int32_t>(object));
    case op::i64:
      return put_integer(to, load<std::int64_t>(object));
    case op::u8:
      return put_natural(to, load<std::uint8_t>(object));
    case op::u16:
      return put_natural(to, load<std::uint16_t>(object));
    case op::u32:
      return put_natural(to, load<std::uint32_t>(object));
    case op::u64:
      return put_natural(to, load<std::uint64_t>(object));
    case op::f32:
      return put_real(to, load<float>(object));
    case op::f64:
      return put_real(to, load<double>(object));
    case op::text:
      return text(to, *static_cast<const std::string*>(object));
    case op::text_view:
      return text(to, *static_cast<const std::string_view*>(object));
    case op::blob:
      return shared_blob(to, *static_cast<const slice*>(object));
    case op::blob_view:
      return blob(to, *static_cast<const bytes_view*>(object));
    case op::list:
      return list(how, to, object);
    case op::maybe:
      return maybe(how, to, object);
    case op::group:
      return group(*how.group, to, object);
  }
  return nullptr;
}

// The fields of a message, without a call for those that are no groups themselves.
[[gnu::always_inline]] inline std::byte* encoder::fields(const group_plan& plan, std::byte* to,
                                                         const void* object) {
  to = begin_array(to, plan.steps.size());
  if (to == nullptr) return nullptr;
  const auto* base = static_cast<const std::byte*>(object);
  for (const step& one : plan.steps) {
    to = value(one, to, base + one.offset);
    if (to == nullptr) [[unlikely]]
      return in_field(plan, one);
  }
  ++depth_;
  return to;
}

bool encoder::message(const group_plan& plan, const void* object) {
  std::byte* to = out_.begin(head_max);
  if (to == nullptr) return too_large(head_max), false;
  to = fields(plan, to, object);
  if (to == nullptr) return false;
  return out_.commit(to) || (too_large(0), false);
}

std::byte* encoder::group(const group_plan& plan, std::byte* to, const void* object) {
  return fields(plan, to, object);
}

// A value that is no field.
std::byte* encoder::nested(const step& how, std::byte* to, const void* object) {
  return value(how, to, object);
}

std::byte* encoder::list(const step& how, std::byte* to, const void* object) {
  const std::size_t count = how.type->count(object);
  to = begin_array(to, count);
  if (to == nullptr) return nullptr;
  const auto* element = static_cast<const std::byte*>(how.type->data(object));
  for (std::size_t i = 0; i < count; ++i, element += how.type->stride) {
    to = value(*how.element, to, element);
    if (to == nullptr) [[unlikely]]
      return in_element(i);
  }
  ++depth_;
  return to;
}

std::byte* encoder::maybe(const step& how, std::byte* to, const void* object) {
  if (how.type->count(object) == 0) return put_nil(to);
  return nested(*how.element, to, how.type->data(object));
}

std::byte* encoder::shared_blob(std::byte* to, const slice& content) {
  if (content.size() < message_out::share_from) return blob(to, content.view());
  if (content.size() > length_max) return too_large(content.size());
  to = put_blob_head(to, content.size());
  if (!out_.commit(to) || !out_.append(content)) return too_large(content.size());
  std::byte* const next = out_.begin(head_max);
  return next != nullptr ? next : too_large(head_max);
}

}  // namespace mw::msgpack
