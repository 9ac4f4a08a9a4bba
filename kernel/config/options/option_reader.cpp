// option_reader: groups, lists, maps, unknown keys and required options.
// SPDX-License-Identifier: Apache-2.0
#include "option_reader.h"

#include "config/nearest.h"
#include "option_text.h"

#include <algorithm>

namespace mw::kernel {
namespace {

constexpr std::size_t items_max = 10'000;
constexpr std::size_t listed_names_max = 32;

}  // namespace

std::string list_names(const std::vector<std::string>& names) {
  if (names.empty()) return "no options";
  std::string out = names.size() == 1 ? "" : "one of ";
  for (std::size_t i = 0; i < names.size() && i < listed_names_max; ++i) {
    out += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > listed_names_max) {
    out += " and " + std::to_string(names.size() - listed_names_max) + " more";
  }
  return out;
}

option_reader::option_reader(option_context& context, const tree_node* map, std::string path,
                             span missing_at)
    : context_(context), map_(map), path_(std::move(path)), missing_at_(missing_at) {
  if (map_ == nullptr) return;
  // The key names the stanza better than the place where its braces open.
  missing_at_ = map_->key_where.known() ? map_->key_where : map_->where();
  if (map_->is_map()) return;
  // `metrics:` alone is a stanza without options.
  if (!map_->is_null()) {
    context_.found
        .error("CFG0021", map_->where(),
               std::string(to_string(map_->kind)) + " where a map of options is expected")
        .at_key(path_);
    ok_ = false;
    unusable_ = true;
  }
  map_ = nullptr;
}

void option_reader::visit(const field_meta& meta, option_ref value) {
  known_.emplace_back(meta.name);
  if (unusable_) return;
  const std::string path = join_key(path_, meta.name);
  const tree_node* node = map_ == nullptr ? nullptr : map_->find(meta.name);
  if (value.type->kind == option_kind::group) {
    if (!read_group(node, path, value, missing_at_)) ok_ = false;
    return;
  }
  if (node == nullptr && meta.required) {
    context_.found
        .error("CFG0025", missing_at_, "option '" + std::string(meta.name) + "' is missing")
        .at_key(path)
        .expecting(expected_text(*value.type, meta));
    ok_ = false;
    return;
  }
  if (node != nullptr && !read(*node, path, meta, value)) ok_ = false;
  record(path, node, value);
}

void option_reader::rule_broken(std::string_view name, std::string_view rule) {
  // The rule saw defaults in place of the values that could not be read: it would only confuse.
  if (!ok_) return;
  const tree_node* node = map_ == nullptr ? nullptr : map_->find(name);
  context_.found
      .error("CFG0032", node == nullptr ? missing_at_ : node->where(),
             "'" + std::string(name) + "' " + std::string(rule))
      .at_key(join_key(path_, name));
  ok_ = false;
}

bool option_reader::read(const tree_node& node, const std::string& path, const field_meta& meta,
                         option_ref value) {
  const option_type& type = *value.type;
  switch (type.kind) {
    case option_kind::group:
      return read_group(&node, path, value, node.where());
    case option_kind::maybe:
      type.clear(value.value);
      if (node.is_null()) return true;
      return read(node, path, meta, {&type.element(), type.add(value.value, {})});
    case option_kind::list:
    case option_kind::map:
      return read_items(node, path, meta, value);
    default:
      return read_scalar(context_, node, path, meta, value);
  }
}

bool option_reader::read_group(const tree_node* node, const std::string& path, option_ref value,
                               span missing_at) {
  option_reader inner(context_, node, path, missing_at);
  value.type->fields(value.value, inner);
  inner.finish();
  values_.insert(values_.end(), inner.values_.begin(), inner.values_.end());
  return inner.ok();
}

bool option_reader::wrong_kind(const tree_node& node, const std::string& path,
                               const field_meta& meta, option_ref value) {
  const bool empty = node.is_null();
  auto& mistake = context_.found.error(
      empty ? "CFG0029" : "CFG0021", node.where(),
      empty ? "'" + path + "' has no value"
            : std::string(to_string(node.kind)) + " where " +
                  (value.type->kind == option_kind::list ? "a list" : "a map") + " is expected");
  mistake.at_key(path).expecting(expected_text(*value.type, meta));
  if (node.is_scalar() && value.type->kind == option_kind::list && node.from.variables.empty()) {
    mistake.suggesting(node.quoted ? "[\"" + node.scalar + "\"]" : "[" + node.scalar + "]");
  }
  return false;
}

bool option_reader::read_items(const tree_node& node, const std::string& path,
                               const field_meta& meta, option_ref value) {
  const option_type& type = *value.type;
  const bool is_list = type.kind == option_kind::list;
  if (is_list ? !node.is_list() : !node.is_map()) return wrong_kind(node, path, meta, value);
  if (node.children.size() > items_max) {
    context_.found.error("CFG0033", node.where(), std::to_string(node.children.size()) + " items")
        .at_key(path)
        .expecting("at most " + std::to_string(items_max));
    return false;
  }
  type.clear(value.value);
  bool all = true;
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const tree_node& child = node.children[i];
    const std::string child_path =
        is_list ? path + "[" + std::to_string(i) + "]" : join_key(path, child.key);
    all &= read(child, child_path, meta, {&type.element(), type.add(value.value, child.key)});
  }
  return all;
}

void option_reader::record(const std::string& path, const tree_node* node, option_ref value) {
  json_writer json;
  option_json(json, *value.type, value.value);
  values_.push_back(
      {.path = path,
       .yaml = option_yaml(*value.type, value.value),
       .json = json.take(),
       .from = node == nullptr ? provenance{} : provenance{node->where(), node->from.variables}});
}

void option_reader::report_unknown(const tree_node& child) {
  context_.found.error("CFG0020", child.key_where, "unknown key '" + child.key + "'")
      .at_key(join_key(path_, child.key))
      .expecting(list_names(known_))
      .suggesting(nearest(child.key, known_));
  ok_ = false;
}

void option_reader::finish() {
  if (map_ == nullptr) return;
  for (const tree_node& child : map_->children) {
    if (std::find(known_.begin(), known_.end(), child.key) == known_.end()) report_unknown(child);
  }
}

}  // namespace mw::kernel
