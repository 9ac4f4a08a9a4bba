// filter: kind 0 is a list of names, kind 1 a tag and a pattern.
// SPDX-License-Identifier: Apache-2.0
#include "talk/filter.h"

#include "talk/fields.h"
#include "talk/pattern.h"
#include "wire/pack.h"

namespace mw::swim::talk {

namespace {

constexpr char by_nodes = 0;
constexpr char by_tag = 1;

bool names_it(std::string_view body, std::string_view node) {
  unpacker in(body);
  bool found = false;
  const std::size_t count = in.array();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) found = in.raw() == node || found;
  return found && !in.failed();
}

bool fits_tags(std::string_view body, const tag_map& tags) {
  unpacker in(body);
  std::string tag;
  std::string_view pattern;
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "Tag") return tag = in.raw(), true;
    if (name == "Expr") return pattern = in.raw(), true;
    return false;
  });
  const auto at = tags.find(tag);
  return fine && matches(pattern, at == tags.end() ? std::string_view() : at->second);
}

}  // namespace

std::string filter_by_nodes(const std::vector<std::string>& names) {
  std::string out(1, by_nodes);
  packer p(out);
  p.array(names.size());
  for (const std::string& one : names) p.raw(one);
  return out;
}

std::string filter_by_tag(std::string_view tag, std::string_view pattern) {
  std::string out(1, by_tag);
  packer(out).map(2).raw("Expr").raw(pattern).raw("Tag").raw(tag);
  return out;
}

bool meant(const std::vector<std::string>& filters, std::string_view node, const tag_map& tags) {
  for (const std::string& one : filters) {
    if (one.empty()) return false;
    const std::string_view body = std::string_view(one).substr(1);
    const bool fits = one.front() == by_nodes ? names_it(body, node)
                      : one.front() == by_tag ? fits_tags(body, tags)
                                              : false;
    if (!fits) return false;
  }
  return true;
}

}  // namespace mw::swim::talk
