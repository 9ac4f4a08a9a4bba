// filter_check: fields, operators and literals must agree before anything runs.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter_check.h"

#include "bus/filter/filter_literal.h"
#include "config/nearest.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {
namespace {

bool is_order(filter_operator op) {
  return op >= filter_operator::less && op <= filter_operator::at_least;
}
bool is_about_text(filter_operator op) {
  return op >= filter_operator::contains && op <= filter_operator::matches;
}

bool fits(filter_operator op, value_kind kind) {
  if (op == filter_operator::truth) return kind == value_kind::boolean;
  if (is_about_text(op)) return kind == value_kind::text;
  // Texts have no order here: "n10" < "n9" surprises everybody.
  if (is_order(op)) return kind != value_kind::text && kind != value_kind::boolean;
  return op != filter_operator::in || kind != value_kind::boolean;
}

filter_error error_at(const filter_token& where, std::string message) {
  return {where.offset, where.length, std::move(message), {}};
}

filter_error unknown_field(const filter_token& name, std::span<const field_info> fields) {
  filter_error out = error_at(name, "this event has no field '" + name.value + "'");
  std::vector<std::string> known;
  for (const field_info& field : fields) known.emplace_back(field.name);
  out.nearest = nearest(name.value, known);
  return out;
}

filter_error misfit(const filter_node& node, const field_info& field) {
  std::string why("'");
  why.append(field.name).append("' is ").append(kind_in_words(field.kind));
  if (node.op == filter_operator::truth)
    return error_at(node.field, why + "; it needs a comparison, like ==");
  return error_at(node.op_token, why + "; '" + node.op_token.value + "' does not apply to it");
}

std::optional<filter_error> check_comparison(const filter_node& node,
                                             std::span<const field_info> fields) {
  const field_info* field = find_field(node.field.value, fields);
  if (field == nullptr) return unknown_field(node.field, fields);
  if (!fits(node.op, field->kind)) return misfit(node, *field);
  for (const filter_token& literal : node.literals) {
    const auto value = read_literal(literal, *field);
    if (const auto* why = std::get_if<std::string>(&value)) return error_at(literal, *why);
  }
  return std::nullopt;
}

}  // namespace

const field_info* find_field(std::string_view name, std::span<const field_info> fields) {
  const auto at = std::find_if(fields.begin(), fields.end(),
                               [&](const field_info& field) { return field.name == name; });
  return at == fields.end() ? nullptr : &*at;
}

std::optional<filter_error> check_filter(const filter_node& node,
                                         std::span<const field_info> fields) {
  if (node.what == filter_node::kind::comparison) return check_comparison(node, fields);
  for (const filter_node& child : node.children)
    if (std::optional<filter_error> error = check_filter(child, fields)) return error;
  return std::nullopt;
}

}  // namespace mw::kernel
