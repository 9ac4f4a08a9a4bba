// message: a struct with a field list, described so that a codec can turn it into bytes and back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mw {

// What one value looks like in memory. Numbers are read and written through their address with
// `width`; views point into the bytes they were decoded from.
enum class value_form : std::uint8_t {
  boolean,
  integer,       // signed, `width` bytes; enums by their underlying type
  natural,       // unsigned, `width` bytes
  real,          // float or double, by `width`
  text,          // std::string
  text_view,     // std::string_view
  blob,          // mw::slice: shared when the received message is, else copied
  blob_view,     // mw::bytes_view
  span_of_time,  // mw::duration, as nanoseconds
  moment,        // mw::wall_time, as nanoseconds since 1970
  list,          // std::vector of `element`
  maybe,         // std::optional of `element`: a list of at most one
  group,         // a struct with fields()
};

struct message_field;

// The operations on a value of one C++ type. Constant data.
struct value_type {
  value_form form;
  std::uint8_t width = 0;  // of numbers
  // Of list and maybe: elements lie `stride` bytes apart from data() on.
  std::uint32_t stride = 0;
  const value_type& (*element)() = nullptr;
  std::size_t (*count)(const void* value) = nullptr;
  const void* (*data)(const void* value) = nullptr;
  // Makes it `count` elements long (new ones in their default state) and returns where they lie.
  void* (*resize)(void* value, std::size_t count) = nullptr;
  // Of groups, in their order on the wire.
  std::span<const message_field> (*fields)() = nullptr;
};

struct message_field {
  std::string_view name;
  std::string_view doc;
  const value_type& (*type)();
  void* (*at)(void* object);

  [[nodiscard]] const void* at_const(const void* object) const {
    return at(const_cast<void*>(object));  // at() only computes an address
  }
};

// A whole message: a group with a name. Constant data like the rest: codecs remember what they
// learnt about a field table under its address. Fields travel by position: add new ones at the end
// only. A shorter message from an older peer leaves the last fields as they are; what a newer peer
// adds is skipped.
struct message_type {
  std::string_view name;
  std::span<const message_field> fields;
};

}  // namespace mw

#include <mw/detail/message.h>
