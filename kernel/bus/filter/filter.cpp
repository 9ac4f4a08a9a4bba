// filter: runs a compiled filter over one event.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"

#include "bus/filter/glob.h"

namespace mw::kernel {
namespace {

template <class T>
bool compare(filter_operator test, const T& value, const T& literal) {
  switch (test) {
    case filter_operator::unequal:
      return value != literal;
    case filter_operator::less:
      return value < literal;
    case filter_operator::at_most:
      return value <= literal;
    case filter_operator::greater:
      return value > literal;
    case filter_operator::at_least:
      return value >= literal;
    default:
      return value == literal;
  }
}

bool compare_texts(filter_operator test, std::string_view value, std::string_view literal) {
  switch (test) {
    case filter_operator::unequal:
      return value != literal;
    case filter_operator::contains:
      return value.find(literal) != std::string_view::npos;
    case filter_operator::starts_with:
      return value.starts_with(literal);
    case filter_operator::ends_with:
      return value.ends_with(literal);
    case filter_operator::matches:
      return glob_matches(literal, value);
    default:
      return value == literal;
  }
}

}  // namespace

bool filter::matches(const void* event) const {
  std::uint16_t at = start_;
  // Each jump leads to a later comparison of the text, so this ends.
  while (at < steps_.size()) {
    const step& one = steps_[at];
    at = holds(one, one.get(event)) ? one.if_true : one.if_false;
  }
  return at == accept;
}

bool filter::holds(const step& one, const field_value& value) const {
  switch (value.kind) {
    case value_kind::boolean:
      return compare(one.test, value.boolean, one.literal.boolean);
    case value_kind::integer:
    case value_kind::span_of_time:
    case value_kind::moment:
      return compare(one.test, value.integer, one.literal.integer);
    case value_kind::natural:
      return compare(one.test, value.natural, one.literal.natural);
    case value_kind::real:
      return compare(one.test, value.real, one.literal.real);
    case value_kind::text:
      return compare_texts(one.test, value.text,
                           std::string_view(texts_).substr(one.text_begin, one.text_size));
  }
  return false;
}

}  // namespace mw::kernel
