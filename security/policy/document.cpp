// document: words of a line; each error says what was found and what belongs there.
// SPDX-License-Identifier: Apache-2.0
#include "document.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace mw::access_policy {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr auto verb_names = option_names(access_verb{});

std::string_view take_word(std::string_view& rest) {
  const std::size_t from = std::min(rest.find_first_not_of(blanks), rest.size());
  rest.remove_prefix(from);
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

failure wrong(std::string why) {
  return {errc::invalid, std::move(why)};
}

status check_role(std::string_view name) {
  const bool fine =
      !name.empty() && name.size() <= role_size_max &&
      std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
      });
  if (fine) return {};
  return wrong("a role's name has 1 to 64 of a-z, 0-9, . _ and -, not " + quoted(name));
}

result<std::uint8_t> parse_verbs(std::string_view list) {
  std::uint8_t verbs = 0;
  for (bool more = true; more;) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view word = list.substr(0, end);
    more = end < list.size();
    list.remove_prefix(more ? end + 1 : end);
    const auto verb = verb_of(word);
    if (!verb)
      return wrong(quoted(word) +
                   " is none of call, send, join, offer, read and act: a rule reads "
                   "`allow ROLE VERB[,VERB] RESOURCE`");
    if ((verbs & bit_of(*verb)) != 0)
      return wrong("the verb " + std::string(word) + " is there twice");
    verbs = static_cast<std::uint8_t>(verbs | bit_of(*verb));
  }
  constexpr std::uint8_t pages = bit_of(access_verb::read) | bit_of(access_verb::act);
  if ((verbs & pages) != 0 && (verbs & ~pages) != 0)
    return wrong(
        "read and act speak of admin pages, the other verbs of services and groups: write "
        "two rules");
  return verbs;
}

name_kind kind_of_verbs(std::uint8_t verbs) {
  constexpr std::uint8_t pages = bit_of(access_verb::read) | bit_of(access_verb::act);
  return (verbs & pages) != 0 ? name_kind::page : name_kind::service;
}

status take_rules(bool allow, std::string_view rest, std::string_view where, document& into) {
  const std::string_view role = take_word(rest);
  MW_CHECK(check_role(role));
  MW_TRY(const std::uint8_t verbs, parse_verbs(take_word(rest)));
  std::string_view word = take_word(rest);
  if (word.empty()) return wrong("the rule names no resource: ** means all of them");
  for (; !word.empty(); word = take_word(rest)) {
    MW_TRY(pattern what, parse_pattern(kind_of_verbs(verbs), word));
    if (into.rules.size() == rules_max)
      return {errc::overloaded, "more than 10000 rules: use patterns"};
    into.rules.push_back({allow, std::string(role), verbs, std::move(what), std::string(where)});
  }
  return {};
}

status take_bindings(std::string_view rest, std::string_view where, document& into) {
  const std::string_view role = take_word(rest);
  MW_CHECK(check_role(role));
  if (role == everybody) return wrong("everybody has the role everybody: it is not bound");
  std::string_view word = take_word(rest);
  if (word.empty())
    return wrong("the binding names no identity, such as spiffe://mesh.local/svc/*");
  for (; !word.empty(); word = take_word(rest)) {
    MW_TRY(pattern who, parse_pattern(name_kind::subject, word));
    if (into.bindings.size() == bindings_max)
      return {errc::overloaded, "more than 10000 bindings: use patterns"};
    into.bindings.push_back({std::string(role), std::move(who), std::string(where)});
  }
  return {};
}

status take_default(std::string_view rest, document& into) {
  const std::string_view word = take_word(rest);
  if (word != "allow" && word != "deny")
    return wrong("the default is allow or deny, not " + quoted(word));
  if (!take_word(rest).empty()) return wrong("nothing follows `default " + std::string(word) + "`");
  if (into.allow_by_default) return wrong("the default is given twice");
  into.allow_by_default = word == "allow";
  return {};
}

std::string verbs_text(std::uint8_t verbs) {
  std::string out;
  for (std::size_t i = 0; i < verb_names.size(); ++i) {
    if ((verbs & (1U << i)) == 0) continue;
    if (!out.empty()) out += ',';
    out += verb_names[i];
  }
  return out;
}

status check_doubles(const document& whole) {
  std::map<std::string, const std::string*> seen;
  const auto twice = [&](const std::string& text, const std::string& where) -> status {
    const auto [at, fresh] = seen.emplace(text, &where);
    if (fresh) return {};
    return wrong(where + ": `" + text + "` is there already, at " + *at->second);
  };
  for (const rule& r : whole.rules) MW_CHECK(twice(to_string(r), r.where));
  for (const binding& b : whole.bindings) MW_CHECK(twice(to_string(b), b.where));
  return {};
}

}  // namespace

std::optional<access_verb> verb_of(std::string_view word) {
  const auto at = std::find(verb_names.begin(), verb_names.end(), word);
  if (at == verb_names.end()) return std::nullopt;
  return static_cast<access_verb>(at - verb_names.begin());
}

std::string_view name_of(access_verb verb) {
  return verb_names[static_cast<std::size_t>(verb)];
}

std::string to_string(const rule& r) {
  return std::string(r.allow ? "allow " : "deny ") + r.role + " " + verbs_text(r.verbs) + " " +
         to_string(r.what);
}

std::string to_string(const binding& b) {
  return "bind " + b.role + " " + to_string(b.who);
}

status parse_statement(std::string_view line, std::string_view where, document& into) {
  std::string_view rest = line.substr(0, line.find('#'));
  const std::string_view word = take_word(rest);
  const status taken = [&]() -> status {
    if (word.empty()) return {};
    if (word == "allow" || word == "deny") return take_rules(word == "allow", rest, where, into);
    if (word == "bind") return take_bindings(rest, where, into);
    if (word == "default") return take_default(rest, into);
    return wrong(quoted(word) + " is none of allow, deny, bind and default");
  }();
  if (taken) return {};
  return taken.error().in(where);
}

status parse_document(std::string_view text, std::string_view source, document& into) {
  if (text.size() > file_max) return wrong(std::string(source) + ": longer than 1MiB");
  document read = into;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string where = std::string(source) + ":" + std::to_string(number);
    if (end > line_max) return wrong(where + ": longer than 4096 bytes");
    MW_CHECK(parse_statement(text.substr(0, end), where, read));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  into = std::move(read);
  return {};
}

status finish(document& whole) {
  MW_CHECK(check_doubles(whole));
  std::set<std::string_view> ruled{everybody};
  std::set<std::string_view> bound{everybody};
  for (const rule& r : whole.rules) ruled.insert(r.role);
  for (const binding& b : whole.bindings) {
    if (!ruled.contains(b.role))
      return wrong(b.where + ": the role " + b.role + " has no rules; write `allow " + b.role +
                   " VERB RESOURCE`, or take the binding away");
    bound.insert(b.role);
  }
  if (ruled.size() > roles_max) return {errc::overloaded, "more than 1024 roles"};
  whole.warnings.clear();
  for (const std::string_view role : ruled)
    if (!bound.contains(role)) whole.warnings.push_back("nobody has the role " + std::string(role));
  if (whole.allow_by_default.value_or(false))
    whole.warnings.emplace_back("default allow: who is forgotten may do everything");
  return {};
}

}  // namespace mw::access_policy
