// index: everybody is role 0; each question is two walks and a few words of AND.
// SPDX-License-Identifier: Apache-2.0
#include "index.h"

#include <algorithm>
#include <bit>
#include <map>

namespace mw::access_policy {
namespace {

constexpr std::size_t column_of(access_verb verb) noexcept {
  const auto number = static_cast<std::size_t>(verb);
  return kind_of(verb) == name_kind::page ? number - static_cast<std::size_t>(access_verb::read)
                                          : number;
}

}  // namespace

index::index(const document& from, bool allow_by_default, std::string_view own_identity)
    : allow_by_default_(allow_by_default) {
  std::map<std::string_view, std::uint32_t> numbers{{everybody, 0}};
  const auto number_of = [&](std::string_view role) {
    return numbers.emplace(role, static_cast<std::uint32_t>(numbers.size())).first->second;
  };
  for (const rule& r : from.rules) (void)number_of(r.role);
  words_ = (numbers.size() + 63) / 64;
  for (std::size_t i = 0; i < from.rules.size(); ++i)
    add_rule(i + 1, from.rules[i], number_of(from.rules[i].role));
  for (side& s : sides_)
    for (auto* cells : {&s.allows, &s.denies})
      for (auto& row : *cells)
        for (cell& c : row)
          std::sort(c.entries.begin(), c.entries.end(), [](const entry& a, const entry& b) {
            return a.role != b.role ? a.role < b.role : a.rule < b.rule;
          });
  for (const binding& b : from.bindings) {
    const std::uint32_t terminal = subjects_.add(b.who);
    roles_at_.resize(std::max<std::size_t>(roles_at_.size(), terminal + 1));
    roles_at_[terminal].push_back(number_of(b.role));
  }
  segments own;
  if (!own_identity.empty() && split(name_kind::subject, own_identity, own))
    subjects_.match(own, [&](std::uint32_t terminal) {
      own_roles_.insert(own_roles_.end(), roles_at_[terminal].begin(), roles_at_[terminal].end());
    });
}

void index::add_rule(std::size_t number, const rule& r, std::uint32_t role) {
  side& s = sides_[r.what.kind == name_kind::page ? 1 : 0];
  const std::uint32_t terminal = s.patterns.add(r.what);
  const std::size_t wanted = std::max<std::size_t>(s.allows.size(), terminal + 1);
  s.allows.resize(wanted);
  s.denies.resize(wanted);
  auto& row = (r.allow ? s.allows : s.denies)[terminal];
  for (std::size_t i = 0; i < option_names(access_verb{}).size(); ++i) {
    if ((r.verbs & (1U << i)) == 0) continue;
    cell& c = row[column_of(static_cast<access_verb>(i))];
    c.roles.resize(words_);
    c.roles[role / 64] |= std::uint64_t{1} << (role % 64);
    c.entries.push_back({role, static_cast<std::uint32_t>(number)});
  }
}

void index::roles_of(std::string_view subject, const segments& cut,
                     role_bits& into) const noexcept {
  const auto add = [&](std::uint32_t role) { into[role / 64] |= std::uint64_t{1} << (role % 64); };
  for (std::size_t i = 0; i < words_; ++i) into[i] = 0;
  add(0);
  subjects_.match(cut, [&](std::uint32_t terminal) {
    for (const std::uint32_t role : roles_at_[terminal]) add(role);
  });
  if (subject == self_subject)
    for (const std::uint32_t role : own_roles_) add(role);
}

std::uint32_t index::decide(const cell& at, const role_bits& roles) const noexcept {
  for (std::size_t i = 0; i < at.roles.size(); ++i) {
    const std::uint64_t common = at.roles[i] & roles[i];
    if (common == 0) continue;
    const auto role = static_cast<std::uint32_t>(i * 64 + std::countr_zero(common));
    const auto found =
        std::lower_bound(at.entries.begin(), at.entries.end(), role,
                         [](const entry& e, std::uint32_t wanted) { return e.role < wanted; });
    return found->rule;
  }
  return 0;
}

verdict index::authorize(const access& what) const noexcept {
  segments subject;
  segments resource;
  if (!split(name_kind::subject, what.subject, subject)) return {};
  if (!split(kind_of(what.verb), what.resource, resource)) return {};
  role_bits roles;
  roles_of(what.subject, subject, roles);
  const side& s = sides_[kind_of(what.verb) == name_kind::page ? 1 : 0];
  const std::size_t column = column_of(what.verb);
  std::uint32_t denied = 0;
  std::uint32_t allowed = 0;
  const auto lower = [](std::uint32_t now, std::uint32_t found) {
    return found != 0 && (now == 0 || found < now) ? found : now;
  };
  s.patterns.match(resource, [&](std::uint32_t terminal) {
    denied = lower(denied, decide(s.denies[terminal][column], roles));
    allowed = lower(allowed, decide(s.allows[terminal][column], roles));
  });
  if (denied != 0) return {false, denied};
  if (allowed != 0) return {true, allowed};
  return {allow_by_default_, 0};
}

}  // namespace mw::access_policy
