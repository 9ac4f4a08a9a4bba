// plan: computes offsets once, with the tables' own functions.
// SPDX-License-Identifier: Apache-2.0
#include "plan.h"

#include <mw/assert.h>

#include <bit>

namespace mw::msgpack {
namespace {

// i8 and u8 plus the logarithm of the width.
op number_code(op smallest, std::uint8_t width) {
  MW_ASSERT(width == 1 || width == 2 || width == 4 || width == 8, "numbers have 1 to 8 bytes");
  return static_cast<op>(static_cast<int>(smallest) + std::countr_zero(width));
}

op code_of(const value_type& type) {
  switch (type.form) {
    case value_form::boolean:
      return op::boolean;
    case value_form::integer:
      return number_code(op::i8, type.width);
    case value_form::natural:
      return number_code(op::u8, type.width);
    case value_form::real:
      MW_ASSERT(type.width == 4 || type.width == 8, "reals are float or double");
      return type.width == 4 ? op::f32 : op::f64;
    case value_form::text:
      return op::text;
    case value_form::text_view:
      return op::text_view;
    case value_form::blob:
      return op::blob;
    case value_form::blob_view:
      return op::blob_view;
    case value_form::span_of_time:
    case value_form::moment:
      return op::i64;
    case value_form::list:
      return op::list;
    case value_form::maybe:
      return op::maybe;
    case value_form::group:
      return op::group;
  }
  MW_ASSERT(false, "a form of a newer SDK: the loader refuses those");
  return op::boolean;
}

// at() adds a constant to an address; any suitably aligned one will do.
std::uint32_t offset_of(const message_field& field) {
  alignas(64) std::byte anywhere[64];
  const auto distance = static_cast<std::byte*>(field.at(anywhere)) - anywhere;
  MW_ASSERT(distance >= 0 && distance <= 0xffffffff, "members lie inside their struct");
  return static_cast<std::uint32_t>(distance);
}

}  // namespace

const group_plan& plan_book::look_up(const message_type& type) {
  if (groups_.size() >= groups_max) forget();
  const group_plan& plan = group(type.fields);
  recent_[slot_of(type.fields.data())] = {type.fields.data(), type.fields.size(), &plan};
  return plan;
}

const group_plan& plan_book::group(std::span<const message_field> fields) {
  if (fields.empty()) return empty_;
  if (const auto at = known_.find(fields.data()); at != known_.end()) return *at->second;
  group_plan& plan = groups_.emplace_back();
  known_.emplace(fields.data(), &plan);  // before its fields: a tree contains itself
  plan.fields = fields;
  plan.steps.reserve(fields.size());
  for (const message_field& field : fields) {
    step one = value(field.type());
    one.offset = offset_of(field);
    plan.steps.push_back(one);
  }
  return plan;
}

step plan_book::value(const value_type& type) {
  step one;
  one.code = code_of(type);
  if (one.code == op::group) one.group = &group(type.fields());
  if (one.code == op::list || one.code == op::maybe) {
    one.type = &type;
    one.element = &elements_.emplace_back(value(type.element()));
  }
  return one;
}

void plan_book::forget() {
  if (on_restart) on_restart();
  recent_.assign(recent_size, {});
  known_.clear();
  groups_.clear();
  elements_.clear();
}

}  // namespace mw::msgpack
