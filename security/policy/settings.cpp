// settings: documentation, bounds, and the way from YAML to statements.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>

namespace mw::access_policy {
namespace {

// "allow call stock" becomes "allow ROLE call stock".
std::string with_role(const std::string& rule, const std::string& role) {
  const std::size_t from = std::min(rule.find_first_not_of(' '), rule.size());
  const std::size_t end = std::min(rule.find(' ', from), rule.size());
  return rule.substr(from, end - from) + " " + role + rule.substr(end);
}

status read_roles(const settings& from, document& into) {
  for (const auto& [role, rules] : from.roles)
    for (std::size_t i = 0; i < rules.size(); ++i) {
      const std::string where = "roles." + role + "[" + std::to_string(i) + "]";
      if (!rules[i].starts_with("allow ") && !rules[i].starts_with("deny "))
        return {errc::invalid,
                where + ": " + quoted(rules[i]) +
                    " does not begin with allow or deny, as in `allow call stock.*`"};
      MW_CHECK(parse_statement(with_role(rules[i], role), where, into));
    }
  return {};
}

status read_bindings(const settings& from, document& into) {
  for (const auto& [role, identities] : from.bindings)
    for (std::size_t i = 0; i < identities.size(); ++i)
      MW_CHECK(parse_statement("bind " + role + " " + identities[i],
                               "bindings." + role + "[" + std::to_string(i) + "]", into));
  return {};
}

}  // namespace

result<document> document_of(const settings& from) {
  document made;
  MW_CHECK(read_roles(from, made));
  MW_CHECK(read_bindings(from, made));
  return made;
}

void settings::fields(field_visitor& v) {
  v.field("roles", roles,
          "What the holders of a role may do: lists of `allow VERB[,VERB] RESOURCE...` and `deny "
          "...`, by role. Verbs: call, send, join, offer (services and groups), read, act (admin "
          "pages). The role everybody is everybody's.");
  v.field("bindings", bindings,
          "Who has a role: lists of identities, by role. * is one segment, ** the rest; `self` is "
          "this node, `anonymous` whoever proved nothing.");
  v.field("default", otherwise,
          "What holds where no rule speaks. `deny`, so that a forgotten rule is noticed and not "
          "used; a `default` line of the file comes before this.");
  v.field("file", file,
          "A file with more statements: `allow ROLE VERB RESOURCE...`, `deny ...`, `bind ROLE "
          "IDENTITY...`, `default deny`; # begins a comment. Until it has been read once "
          "everything is denied; when it becomes bad the last good policy stays.");
  v.field("reload", reload,
          "How often the file is read again. Shorter takes rights away sooner and reads more.",
          between_of(100ms, 24h));
  v.field("cache", cache, "Decisions kept to be given again, 256 bytes each. 0: none.",
          at_most{1'048'576}, unit{"decisions"});
  const auto own = document_of(*this);
  v.check("roles", own.ok() || !own.error().text().starts_with("roles"),
          own.ok() ? std::string_view{} : std::string_view(own.error().text()));
  v.check("bindings", own.ok() || own.error().text().starts_with("roles"),
          own.ok() ? std::string_view{} : std::string_view(own.error().text()));
  if (!own || file) return;
  document whole = *own;
  const status fine = finish(whole);
  v.check("bindings", fine.ok(), fine ? std::string_view{} : std::string_view(fine.error().text()));
}

}  // namespace mw::access_policy
