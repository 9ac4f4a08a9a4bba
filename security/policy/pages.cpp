// pages: /policy, /policy/explain, /policy/check and /policy/reload.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

namespace mw::access_policy {
namespace {

admin_response explain_page(const page_source& of, const admin_request& asked) {
  const auto verb = verb_of(asked.parameter("verb"));
  if (!verb || asked.parameter("resource").empty())
    return admin_failure(
        {errc::invalid,
         "wants identity, verb (call, send, join, offer, read or act) and resource, as in "
         "/policy/explain?identity=spiffe://mesh.local/svc/a&verb=call&resource=orders.get"});
  return {.body = as_json(of.policies().explain(
              {asked.parameter("identity"), *verb, asked.parameter("resource")}))};
}

admin_response check_page(const page_source& of, std::string_view text) {
  const result<candidate> next = of.rehearse(text);
  if (!next) return admin_failure(next.error());
  json_writer json;
  json.begin_object().key("digest").value(next->digest);
  json.key("rules").value(next->text.rules.size());
  json.key("bindings").value(next->text.bindings.size());
  json.key("changes").value(difference(of.policies().in_force(), *next));
  json.key("warnings").begin_array();
  for (const std::string& warning : next->text.warnings) json.value(warning);
  return {.body = json.end_array().end_object().take()};
}

}  // namespace

std::vector<std::unique_ptr<admin_offer>> offer_pages(const host& on, page_source& of) {
  std::vector<std::unique_ptr<admin_offer>> pages;
  pages.push_back(on.admin().offer({"/policy", "The policy in force, rule by rule."},
                                   [&of](const admin_request&, const admin_reply& reply) {
                                     const store& now = of.policies();
                                     reply({.body = as_json(now.in_force(), now.version())});
                                   }));
  pages.push_back(on.admin().offer(
      {"/policy/explain", "Whether `identity` may `verb` the `resource`, and which rules say so."},
      [&of](const admin_request& asked, const admin_reply& reply) {
        reply(explain_page(of, asked));
      }));
  pages.push_back(on.admin().offer(
      {"/policy/check", "What would change if the body were the policy file.", admin_kind::action},
      [&of](const admin_request& asked, const admin_reply& reply) {
        reply(check_page(of, asked.body));
      }));
  pages.push_back(
      on.admin().offer({"/policy/reload", "Reads the policy file now.", admin_kind::action},
                       [&of](const admin_request&, const admin_reply& reply) {
                         const status begun = of.read_again();
                         reply(begun ? admin_response{.status = 202, .body = R"({"reading":true})"}
                                     : admin_failure(begun.error()));
                       }));
  return pages;
}

}  // namespace mw::access_policy
