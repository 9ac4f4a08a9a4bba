// yaml_builder: keys, values, anchors and limits. The parser above it only knows the grammar.
// SPDX-License-Identifier: Apache-2.0
#include "yaml_builder.h"

#include "yaml_text.h"

#include <algorithm>

namespace mw::kernel {
namespace {

std::size_t height(const tree_node& root) {
  std::size_t most = 0;
  for (const tree_node& child : root.children) most = std::max(most, height(child));
  return most + 1;
}

bool is_null_word(std::string_view text) {
  return text.starts_with('~') || text.starts_with("null") || text.starts_with("Null") ||
         text.starts_with("NULL");
}

}  // namespace

bool yaml_builder::expects_key() const {
  return !frames_.empty() && frames_.back().node.is_map() && !frames_.back().has_key;
}

void yaml_builder::stop(std::string_view code, std::size_t offset, std::string message,
                        std::string expected) {
  found_.error(code, locate_.at(offset, 1), std::move(message)).expecting(std::move(expected));
  stopped_ = true;
}

bool yaml_builder::count(std::size_t nodes, std::size_t offset) {
  nodes_ += nodes;
  if (nodes_ <= limits_.nodes) return true;
  stop("CFG0016", offset, "too many values, counting the copies that aliases make",
       "at most " + std::to_string(limits_.nodes));
  return false;
}

void yaml_builder::refuse_tag(std::size_t offset) {
  const std::string_view text = source_.text;
  const std::size_t content = skip_properties(text, offset);
  const std::string_view properties = text.substr(offset, content - offset);
  const std::size_t tag = properties.starts_with('!') ? 0 : properties.find(" !");
  if (tag == std::string_view::npos) return;
  const std::size_t begin = offset + tag + (tag == 0 ? 0 : 1);
  const std::size_t length = std::min(text.find_first_of(" \t\n,]}", begin), text.size()) - begin;
  found_.error("CFG0013", locate_.at(begin, length), "tags are not supported")
      .helping("remove it: the option decides about the type of its value");
}

// Text that goes on in the next line is nearly always a line with the wrong indentation.
void yaml_builder::report_run_on(std::size_t offset, const std::string& value) {
  const std::string_view text = source_.text;
  const std::size_t next =
      std::min(text.find_first_not_of(" \t\n", text.find('\n', offset)), text.size());
  const std::string_view line = rest_of_line(text, next);
  ran_on_ = true;
  found_
      .error("CFG0010", locate_.at(next, line.substr(0, line.find_first_of(" :,}]")).size()),
             "this line continues the value of the line above")
      .helping(
          "if it is a key, indent it like its neighbours; for text of several lines use '|' or '>'")
      .noting("the value starts here",
              locate_.at(offset, std::min(value.size(), rest_of_line(text, offset).size())));
}

void yaml_builder::place_quoted(tree_node& node, std::size_t offset) {
  const std::string_view text = source_.text;
  const std::size_t end = closing_quote(text, offset);
  node.quoted = true;
  // The parser accepts a quote that is never closed, or closed by the next one lines below.
  if (end == std::string_view::npos || rest_of_line(text, offset).size() < end - offset) {
    found_.error("CFG0006", locate_.at(offset, 1), "this quote is not closed on its line")
        .expecting(std::string("a closing ") + text[offset])
        .helping("close it, or use a block ('|') for text of several lines");
    stopped_ = true;
    return;
  }
  parsed_until_ = end;
  node.from.where = locate_.at(offset, end - offset);
}

void yaml_builder::place_scalar(tree_node& node, std::size_t offset) {
  const std::string_view text = source_.text;
  const char first = offset < text.size() ? text[offset] : '\0';
  if (first == '"' || first == '\'') return place_quoted(node, offset);
  if (first == '|' || first == '>') {
    node.quoted = true;
    node.from.where = locate_.at(offset, 1);
    parsed_until_ = offset;
    return;
  }
  // What differs from its source was folded from several lines.
  const bool one_line = text.substr(offset, node.scalar.size()) == node.scalar;
  if (!one_line) report_run_on(offset, node.scalar);
  const std::size_t length = one_line ? node.scalar.size() : rest_of_line(text, offset).size();
  node.from.where = locate_.at(offset, length);
  parsed_until_ = offset + length;
}

void yaml_builder::scalar(const node_start& start, std::string value) {
  if (stopped_) return;
  ran_on_ = false;
  if (value.size() > limits_.scalar_bytes) {
    return stop("CFG0016", start.offset, "a value of " + std::to_string(value.size()) + " bytes",
                "at most " + std::to_string(limits_.scalar_bytes) + " bytes");
  }
  tree_node node;
  node.kind = node_kind::scalar;
  node.scalar = std::move(value);
  refuse_tag(start.offset);
  place_scalar(node, skip_properties(source_.text, start.offset));
  if (!stopped_) attach(std::move(node), start.anchor);
}

void yaml_builder::null(std::size_t offset, std::size_t anchor) {
  if (stopped_) return;
  tree_node node;
  const std::string_view text =
      std::string_view(source_.text).substr(std::min(offset, source_.text.size()));
  const bool written = is_null_word(text);
  // An absent value has no place of its own: the mark is that of the next token.
  const bool in_map = !frames_.empty() && frames_.back().node.is_map() && frames_.back().has_key;
  if (written)
    node.from.where = locate_.at(offset, text.starts_with('~') ? 1 : 4);
  else if (!in_map)
    node.from.where = locate_.at(offset, 1);
  attach(std::move(node), anchor);
}

void yaml_builder::alias(std::size_t offset, std::size_t anchor) {
  if (stopped_) return;
  const auto target = anchors_.find(anchor);
  if (target == anchors_.end()) {
    return stop("CFG0015", offset, "this alias stands inside the value it names", "no cycles");
  }
  if (++aliases_ > limits_.aliases) {
    return stop("CFG0016", offset, "too many aliases",
                "at most " + std::to_string(limits_.aliases));
  }
  if (frames_.size() + height(target->second) > limits_.depth) {
    return stop("CFG0016", offset, "nested too deeply through this alias",
                "at most " + std::to_string(limits_.depth) + " levels");
  }
  if (!count(count_nodes(target->second), offset)) return;
  tree_node copy = target->second;
  // An absent value has no place that the copy could keep: show where it is used.
  if (!copy.from.where.known()) copy.from.where = locate_.at(offset, 1);
  attach(std::move(copy), 0);
}

void yaml_builder::open(node_kind kind, const node_start& start, bool flow) {
  if (stopped_) return;
  if (frames_.size() >= limits_.depth) {
    return stop("CFG0016", start.offset, "nested too deeply",
                "at most " + std::to_string(limits_.depth) + " levels");
  }
  refuse_tag(start.offset);
  frame& added = frames_.emplace_back();
  added.offset = skip_properties(source_.text, start.offset);
  added.anchor = start.anchor;
  added.flow = flow;
  added.node.kind = kind;
  added.node.from.where = locate_.at(added.offset, 1);
}

void yaml_builder::close() {
  if (stopped_) return;
  frame done = std::move(frames_.back());
  frames_.pop_back();
  attach(std::move(done.node), done.anchor);
}

void yaml_builder::attach(tree_node node, std::size_t anchor) {
  const std::size_t offset = parsed_until_;
  if (!count(1, offset)) return;
  if (anchor != 0) {
    // The copy counts too: nested anchors would otherwise multiply memory without any alias.
    if (!count(count_nodes(node), offset)) return;
    anchors_[anchor] = node;
  }
  if (frames_.empty()) {
    root_ = std::move(node);
  } else if (expects_key()) {
    take_key(frames_.back(), node);
  } else {
    take_value(frames_.back(), std::move(node));
  }
}

void yaml_builder::take_key(frame& parent, const tree_node& node) {
  parent.has_key = true;
  parent.drop_value = true;
  if (!node.is_scalar() || node.scalar.empty()) {
    found_
        .error("CFG0012", node.where(),
               node.is_scalar() || node.is_null() ? std::string("an empty key")
                                                  : std::string(to_string(node.kind)) + " as a key")
        .expecting("a plain name");
    return;
  }
  if (node.scalar == "<<" && !node.quoted) {
    found_.error("CFG0014", node.where(), "merge keys ('<<') are not supported")
        .helping("write the keys out, or share them with 'include:'");
    return;
  }
  const auto [first, added] = parent.seen.try_emplace(node.scalar, node.where());
  if (!added) {
    found_.error("CFG0011", node.where(), "key '" + node.scalar + "' is given twice in this map")
        .helping("keep one of the two")
        .noting("the first is here", first->second);
    return;
  }
  parent.drop_value = false;
  parent.key = node.scalar;
  parent.key_where = node.where();
}

void yaml_builder::take_value(frame& parent, tree_node node) {
  if (parent.node.is_map()) {
    parent.has_key = false;
    if (parent.drop_value) return;
    node.key = std::move(parent.key);
    node.key_where = parent.key_where;
  }
  parent.node.children.push_back(std::move(node));
}

std::optional<yaml_builder::open_bracket> yaml_builder::innermost_bracket() const {
  const auto it =
      std::find_if(frames_.rbegin(), frames_.rend(), [](const frame& f) { return f.flow; });
  if (it == frames_.rend()) return std::nullopt;
  return open_bracket{it->offset, it->node.is_map() ? '{' : '['};
}

}  // namespace mw::kernel
