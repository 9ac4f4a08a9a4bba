// to_json: reads value by value; the type only adds names.
// SPDX-License-Identifier: Apache-2.0
#include "to_json.h"

#include "base64.h"

#include <mw/toolkit/utf8.h>

#include <charconv>
#include <cmath>
#include <span>

namespace mw::msgpack {

bool json_printer::message(const group_plan* plan) {
  step root;
  root.code = op::group;
  root.group = plan;
  const std::byte* at = value(from_.begin, plan == nullptr ? nullptr : &root);
  if (at == nullptr) return false;
  if (at == from_.end) return true;
  from_.refuse_rest(at);
  return false;
}

const std::byte* json_printer::value(const std::byte* at, const step* how) {
  if (json_.text().size() > left_.decoded)
    return from_.refuse(at, reason::size,
                        "the JSON outgrows " + std::to_string(left_.decoded) +
                            " bytes; the option `decoded_max` sets the limit");
  if (how != nullptr && how->code == op::maybe) how = how->element;
  item it;
  const std::byte* next = read_item(from_, at, it);
  if (next == nullptr) return nullptr;
  switch (it.kind) {
    case wire::nil:
      return json_.null(), next;
    case wire::boolean:
      return json_.value(it.number != 0), next;
    case wire::natural:
      return json_.value(it.number), next;
    case wire::negative:
      return json_.value(static_cast<std::int64_t>(it.number)), next;
    case wire::real32:
    case wire::real64:
      return real(it), next;
    case wire::text:
      return text(next, it) ? next + it.number : nullptr;
    case wire::blob:
      json_.begin_object().key("$bytes").value(to_base64({next, it.number})).end_object();
      return next + it.number;
    case wire::array:
    case wire::map:
      return inside(next, it, how);
  }
  return nullptr;
}

const std::byte* json_printer::inside(const std::byte* at, const item& it, const step* how) {
  const std::size_t values = it.kind == wire::map ? 2 * it.number : it.number;
  if (left_.depth == 0) return from_.refuse(at, reason::depth, too_deep(*left_.bounds));
  if (values > left_.nodes) return from_.refuse(at, reason::nodes, too_many(*left_.bounds));
  --left_.depth;
  left_.nodes -= values;
  if (it.kind == wire::map)
    at = pairs(at, it.number);
  else if (how != nullptr && how->code == op::group)
    at = group(at, it.number, *how->group);
  else
    at = elements(at, it.number, how != nullptr && how->code == op::list ? how->element : nullptr);
  ++left_.depth;
  return at;
}

const std::byte* json_printer::elements(const std::byte* at, std::size_t count, const step* how) {
  json_.begin_array();
  for (std::size_t i = 0; i < count; ++i) {
    at = value(at, how);
    if (at == nullptr) return from_.why.in_element(i), nullptr;
  }
  json_.end_array();
  return at;
}

const std::byte* json_printer::group(const std::byte* at, std::size_t count,
                                     const group_plan& plan) {
  json_.begin_object();
  const std::size_t known = std::min(count, plan.fields.size());
  for (std::size_t i = 0; i < known; ++i) {
    json_.key(plan.fields[i].name);
    at = value(at, &plan.steps[i]);
    if (at == nullptr) return from_.why.in_field(plan.fields[i].name), nullptr;
  }
  if (count > known) {
    json_.key("$more");
    at = elements(at, count - known, nullptr);
    if (at == nullptr) return from_.why.in_field("$more"), nullptr;
  }
  json_.end_object();
  return at;
}

const std::byte* json_printer::pairs(const std::byte* at, std::size_t count) {
  json_.begin_object().key("$map").begin_array();
  for (std::size_t i = 0; i < count; ++i) {
    at = elements(at, 2, nullptr);
    if (at == nullptr) return from_.why.in_element(i), nullptr;
  }
  json_.end_array().end_object();
  return at;
}

void json_printer::real(const item& it) {
  const double number = it.real();
  if (!std::isfinite(number)) {
    const std::string_view name = std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    json_.begin_object().key("$real").value(name).end_object();
    return;
  }
  char digits[40];
  // The shortest text that gives the same number back, in its own width.
  const auto end = it.kind == wire::real32
                       ? std::to_chars(digits, digits + sizeof digits, static_cast<float>(number))
                       : std::to_chars(digits, digits + sizeof digits, number);
  std::string_view text(digits, static_cast<std::size_t>(end.ptr - digits));
  if (text.find_first_of(".e") != std::string_view::npos)
    json_.raw(text);
  else
    json_.raw(std::string(text) + ".0");
}

bool json_printer::text(const std::byte* at, const item& it) {
  const std::string_view content = as_text({at, it.number});
  if (is_utf8(content)) return json_.value(content), true;
  from_.refuse(at, reason::utf8, "the text is not UTF-8");
  return false;
}

}  // namespace mw::msgpack
