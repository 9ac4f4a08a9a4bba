// finding: see finding.h. Records of other names and classes are nobody's business: ignored.
// SPDX-License-Identifier: Apache-2.0
#include "core/finding.h"

#include <algorithm>

namespace mw::dns {
namespace {

constexpr int aliases_max = 8;

// Where the name leads; lowers `ttl` by the aliases used.
name follow(const message& from, name at, std::uint32_t& ttl) {
  for (int hops = 0; hops < aliases_max; ++hops) {
    const auto alias =
        std::find_if(from.records.begin(), from.records.end(), [&](const record& one) {
          return one.what == type::cname && one.in == class_in && one.about == at &&
                 one.where == section::answer;
        });
    if (alias == from.records.end()) return at;
    ttl = std::min(ttl, alias->ttl);
    at = std::get<name>(alias->content);
  }
  return at;  // a circle, or a chain that nobody should build: nothing will be found there
}

}  // namespace

addresses addresses_in(const message& from, const name& about, type what) {
  addresses out;
  std::uint32_t ttl = UINT32_MAX;
  out.canonical = follow(from, about, ttl);
  for (const record& one : from.records) {
    if (one.what != what || one.in != class_in || one.about != out.canonical) continue;
    if (one.where == section::authority) continue;
    out.all.push_back(std::get<address>(one.content));
    ttl = std::min(ttl, one.ttl);
  }
  std::sort(out.all.begin(), out.all.end());
  out.all.erase(std::unique(out.all.begin(), out.all.end()), out.all.end());
  out.ttl = out.all.empty() ? 0 : ttl;
  return out;
}

services services_in(const message& from, const name& about) {
  services out;
  std::uint32_t ttl = UINT32_MAX;
  const name canonical = follow(from, about, ttl);
  for (const record& one : from.records) {
    if (one.what != type::srv || one.in != class_in || one.about != canonical) continue;
    if (one.where != section::answer) continue;
    const auto& what = std::get<service>(one.content);
    ttl = std::min(ttl, one.ttl);
    if (what.target.is_root())
      out.none = true;
    else if (what.port != 0)
      out.all.push_back(what);
  }
  out.ttl = out.all.empty() && !out.none ? 0 : ttl;
  return out;
}

std::uint32_t negative_ttl(const message& from, const name& about) {
  for (const record& one : from.records)
    if (one.what == type::soa && one.in == class_in && one.where == section::authority &&
        about.below(one.about))
      return std::min(one.ttl, std::get<authority>(one.content).minimum);
  return 0;
}

}  // namespace mw::dns
