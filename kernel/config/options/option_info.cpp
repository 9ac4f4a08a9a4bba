// option_info: gathers options recursively; lists and maps show the fields of their elements.
// SPDX-License-Identifier: Apache-2.0
#include "option_info.h"

#include "option_text.h"

#include <algorithm>

namespace mw::kernel {
namespace {

// The fields of a group, or the one element of a container.
std::vector<option_info> gather_children(option_ref value, const field_meta& meta) {
  const option_type& type = *value.type;
  if (type.kind == option_kind::group) {
    option_gatherer inner;
    type.fields(value.value, inner);
    return inner.take();
  }
  if (type.element == nullptr) return {};
  const option_ref element{&type.element(), type.add(value.value, "name")};
  option_info info;
  info.type = element.type;
  info.low = meta.low;
  info.high = meta.high;
  info.expected = expected_text(*element.type, meta);
  info.children = gather_children(element, meta);
  return {std::move(info)};
}

}  // namespace

void option_gatherer::visit(const field_meta& meta, option_ref value) {
  option_info info;
  info.name = meta.name;
  info.doc = meta.doc;
  info.unit = meta.unit;
  info.expected = expected_text(*value.type, meta);
  info.type = value.type;
  info.low = meta.low;
  info.high = meta.high;
  info.required = meta.required;
  info.live = meta.live;
  if (!meta.required && value.type->kind != option_kind::group) {
    info.default_yaml = option_yaml(*value.type, value.value);
    json_writer json;
    option_json(json, *value.type, value.value);
    info.default_json = json.take();
  }
  info.children = gather_children(value, meta);
  options_.push_back(std::move(info));
}

const option_info* find_option(const std::vector<option_info>& options, std::string_view path) {
  const std::size_t dot = path.find('.');
  const auto it = std::find_if(options.begin(), options.end(), [&](const option_info& option) {
    return option.name == path.substr(0, dot);
  });
  if (it == options.end()) return nullptr;
  if (dot == std::string_view::npos) return &*it;
  // The path goes through the element of a list or map without naming it.
  const bool container = it->type->element != nullptr && !it->children.empty();
  return find_option(container ? it->children.front().children : it->children,
                     path.substr(dot + 1));
}

}  // namespace mw::kernel
