// explain: a scan over bindings and rules, without any index.
// SPDX-License-Identifier: Apache-2.0
#include "explain.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <set>

namespace mw::access_policy {
namespace {

struct scan {
  std::set<std::string_view> roles{everybody};
  std::vector<const binding*> bindings;
  std::vector<std::uint32_t> rules;  // numbers of those that match
  std::string fault;
};

void take_roles(const document& policy, const segments& subject, scan& into) {
  for (const binding& b : policy.bindings)
    if (matches(b.who, subject)) {
      into.roles.insert(b.role);
      into.bindings.push_back(&b);
    }
}

scan scan_all(const document& policy, std::string_view own_identity, const access& what) {
  scan found;
  segments subject, own, resource;
  if (!split(name_kind::subject, what.subject, subject)) {
    found.fault = "the identity is not in its canonical form, and so has no rights";
    return found;
  }
  if (!split(kind_of(what.verb), what.resource, resource)) {
    found.fault = "the resource is not in its canonical form, and so is nobody's";
    return found;
  }
  take_roles(policy, subject, found);
  if (what.subject == self_subject && !own_identity.empty() &&
      split(name_kind::subject, own_identity, own))
    take_roles(policy, own, found);
  for (std::size_t i = 0; i < policy.rules.size(); ++i) {
    const rule& r = policy.rules[i];
    if ((r.verbs & bit_of(what.verb)) != 0 && r.what.kind == kind_of(what.verb) &&
        found.roles.contains(r.role) && matches(r.what, resource))
      found.rules.push_back(static_cast<std::uint32_t>(i + 1));
  }
  return found;
}

void write_lines(std::string& out, const std::vector<explanation::line>& lines) {
  std::size_t widest = 0;
  for (const explanation::line& l : lines) widest = std::max(widest, l.text.size());
  for (const explanation::line& l : lines) {
    out += l.decides ? "  -> " : "     ";
    out += l.text + std::string(widest + 2 - l.text.size(), ' ') + l.where + "\n";
  }
}

void write_json(json_writer& json, const std::vector<explanation::line>& lines) {
  json.begin_array();
  for (const explanation::line& l : lines)
    json.begin_object()
        .key("number")
        .value(l.number)
        .key("text")
        .value(l.text)
        .key("where")
        .value(l.where)
        .key("decides")
        .value(l.decides)
        .end_object();
  json.end_array();
}

}  // namespace

bool allowed_by_scan(const document& policy, bool allow_by_default, std::string_view own_identity,
                     const access& what) {
  const scan found = scan_all(policy, own_identity, what);
  if (!found.fault.empty()) return false;
  bool allowed = found.rules.empty() && allow_by_default;
  for (const std::uint32_t number : found.rules) {
    if (!policy.rules[number - 1].allow) return false;
    allowed = true;
  }
  return allowed;
}

explanation explain(const document& policy, bool allow_by_default, std::string_view own_identity,
                    const access& what, const verdict& decided) {
  const scan found = scan_all(policy, own_identity, what);
  explanation e{.subject = std::string(what.subject),
                .verb = std::string(name_of(what.verb)),
                .resource = std::string(what.resource),
                .fault = found.fault,
                .allowed = decided.allowed,
                .rule = decided.rule,
                .allow_by_default = allow_by_default,
                .bindings = {},
                .rules = {}};
  for (const binding* b : found.bindings) e.bindings.push_back({0, false, to_string(*b), b->where});
  for (const std::uint32_t number : found.rules) {
    const rule& r = policy.rules[number - 1];
    e.rules.push_back({number, number == decided.rule, to_string(r), r.where});
  }
  return e;
}

std::string as_text(const explanation& e) {
  const std::string who = e.subject.empty() ? "anonymous" : quoted(e.subject);
  std::string out = who + (e.allowed ? " may " : " may not ") + e.verb + " " + quoted(e.resource);
  out += '\n';
  if (!e.fault.empty()) return out + "  because " + e.fault + "\n";
  out += "  roles:\n";
  write_lines(out, e.bindings);
  out += "     everybody\n  rules that match:\n";
  write_lines(out, e.rules);
  if (e.rules.empty()) out += "     none\n";
  if (e.rule == 0)
    out += std::string("  -> default ") + (e.allow_by_default ? "allow\n" : "deny\n");
  return out;
}

std::string as_json(const explanation& e) {
  json_writer json;
  json.begin_object().key("identity").value(e.subject).key("verb").value(e.verb);
  json.key("resource").value(e.resource).key("allowed").value(e.allowed);
  json.key("rule").value(e.rule).key("default").value(e.allow_by_default ? "allow" : "deny");
  json.key("fault").value(e.fault).key("bindings");
  write_json(json, e.bindings);
  json.key("rules");
  write_json(json, e.rules);
  return json.end_object().take();
}

}  // namespace mw::access_policy
