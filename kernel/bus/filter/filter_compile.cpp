// filter_compile: turns a checked filter into jumps.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"
#include "bus/filter/filter_check.h"
#include "bus/filter/filter_literal.h"
#include "bus/filter/filter_syntax.h"

#include <utility>

namespace mw::kernel {

// Writes the steps from the end of the text to its front, so that the places to go on to are known
// when a comparison is written. Needs a tree that check_filter() found nothing wrong with.
class filter_emitter {
 public:
  explicit filter_emitter(std::span<const field_info> fields) : fields_(fields) {}

  filter whole(const filter_node& root) && {
    out_.start_ = emit(root, {filter::accept, filter::refuse});
    return std::move(out_);
  }

 private:
  struct targets {
    std::uint16_t if_true;
    std::uint16_t if_false;
  };

  // Returns where to start for the outcome of `node`.
  std::uint16_t emit(const filter_node& node, targets to) {
    switch (node.what) {
      case filter_node::kind::comparison:
        return emit_comparison(node, to);
      case filter_node::kind::negation:
        return emit(node.children.front(), {to.if_false, to.if_true});
      case filter_node::kind::any:
      case filter_node::kind::all:
        break;
    }
    // `all` leaves at the first part that fails, `any` at the first that holds.
    targets next = to;
    std::uint16_t start = filter::refuse;
    for (auto part = node.children.rbegin(); part != node.children.rend(); ++part) {
      start = emit(*part, next);
      (node.what == filter_node::kind::all ? next.if_true : next.if_false) = start;
    }
    return start;
  }

  std::uint16_t emit_comparison(const filter_node& node, targets to) {
    const field_info& field = *find_field(node.field.value, fields_);
    filter::step one;
    one.get = field.get;
    one.test = node.op;
    if (node.op == filter_operator::truth || node.op == filter_operator::in)
      one.test = filter_operator::equal;
    if (node.op == filter_operator::truth) {
      one.literal.boolean = true;
      return add(one, to);
    }
    // A list is a chain of `==`: each item that differs leads to the next one.
    for (auto literal = node.literals.rbegin(); literal != node.literals.rend(); ++literal) {
      one.literal = std::get<field_value>(read_literal(*literal, field));
      to.if_false = add(one, to);
    }
    return to.if_false;
  }

  std::uint16_t add(filter::step one, targets to) {
    one.text_begin = static_cast<std::uint16_t>(out_.texts_.size());
    one.text_size = static_cast<std::uint16_t>(one.literal.text.size());
    out_.texts_.append(one.literal.text);
    one.literal.text = {};  // it belongs to the tree, which goes
    one.if_true = to.if_true;
    one.if_false = to.if_false;
    out_.steps_.push_back(one);
    return static_cast<std::uint16_t>(out_.steps_.size() - 1);
  }

  std::span<const field_info> fields_;
  filter out_;
};

std::variant<filter, filter_error> compile_filter(std::string_view text,
                                                  std::span<const field_info> fields) {
  const std::variant<filter_node, filter_error> parsed = parse_filter(text);
  if (const auto* error = std::get_if<filter_error>(&parsed)) return *error;
  const filter_node& root = std::get<filter_node>(parsed);
  if (std::optional<filter_error> error = check_filter(root, fields)) return *std::move(error);
  return filter_emitter(fields).whole(root);
}

}  // namespace mw::kernel
