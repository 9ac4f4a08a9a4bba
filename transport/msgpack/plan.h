// plan: a message_type flattened into offsets and codes, so that no call is made for each field.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/message.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

namespace mw::msgpack {

enum class op : std::uint8_t {
  boolean,
  i8,
  i16,
  i32,
  i64,  // durations and moments, too
  u8,
  u16,
  u32,
  u64,
  f32,
  f64,
  text,
  text_view,
  blob,
  blob_view,
  list,
  maybe,
  group
};

struct group_plan;

// How to read and write one value.
struct step {
  op code = op::boolean;
  std::uint32_t offset = 0;           // inside its group
  const value_type* type = nullptr;   // of lists and maybes
  const step* element = nullptr;      // of lists and maybes
  const group_plan* group = nullptr;  // of groups
};

struct group_plan {
  std::span<const message_field> fields;
  std::vector<step> steps;  // one for each field
};

// The plans of all types seen so far. Types are told apart by their field tables, which are
// constant data of libraries that are never unloaded.
class plan_book {
 public:
  // More groups than this are only there when somebody makes types at run time.
  static constexpr std::size_t groups_max = 4096;

  // Valid until the next call.
  [[nodiscard]] const group_plan& of(const message_type& type) {
    const cached& entry = recent_[slot_of(type.fields.data())];
    if (entry.fields == type.fields.data() && entry.count == type.fields.size()) return *entry.plan;
    return look_up(type);
  }

  // Called whenever the book is full and starts anew.
  function<void()> on_restart;

 private:
  static constexpr std::size_t recent_size = 256;
  struct cached {
    const message_field* fields = nullptr;
    std::size_t count = ~std::size_t{0};  // no type has as many
    const group_plan* plan = nullptr;
  };

  [[nodiscard]] static std::size_t slot_of(const message_field* fields) {
    const auto bits = reinterpret_cast<std::uintptr_t>(fields);
    return ((bits >> 4) ^ (bits >> 12)) % recent_size;
  }
  const group_plan& look_up(const message_type& type);
  const group_plan& group(std::span<const message_field> fields);
  [[nodiscard]] step value(const value_type& type);
  void forget();

  std::vector<cached> recent_ = std::vector<cached>(recent_size);
  std::unordered_map<const message_field*, const group_plan*> known_;
  std::deque<group_plan> groups_;  // deques: what is pointed to stays where it is
  std::deque<step> elements_;
  group_plan empty_;
};

}  // namespace mw::msgpack
