// gatekeeper: proof, then forgery, then role, then policy; the first "no" is the answer.
// SPDX-License-Identifier: Apache-2.0
#include "gate/gatekeeper.h"

#include <utility>

namespace mw::http {
namespace {

admission_ticket no(int status, refused reason, std::string text) {
  return {{status, std::move(text)}, reason, {}, false};
}

bool is_json(std::string_view content_type) {
  const std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  return equals_ignoring_case(type, "application/json");
}

bool changes_things(verb method) {
  return method != verb::get && method != verb::head && method != verb::options;
}

}  // namespace

std::string forgery_fault(const request& asked) {
  if (asked.count("x-meshwright") != 1 || asked.header("x-meshwright") != "1")
    return "an action needs the header `X-Meshwright: 1`, so that no web page can cause it; or "
           "send a token: `Authorization: Bearer ...`";
  const bool has_body = !asked.body().empty() || asked.count("content-type") > 0;
  if (has_body && (asked.count("content-type") != 1 || !is_json(asked.header("content-type"))))
    return "the body of an action must come with `Content-Type: application/json`";
  return {};
}

admission_ticket gatekeeper::judge(const request& asked, std::string_view path, const visitor& from,
                                   time_point now) {
  const bool shown = asked.count("authorization") > 0;
  if (!shown && open_to_all(asked, path)) return {{0, {}}, refused::identity, {}, true};
  proven who;
  admission_ticket ticket = identify(asked, path, from, now, who);
  if (ticket.why.status != 0) return ticket;
  if (changes_things(asked.method) && !who.by_token) {
    if (std::string fault = forgery_fault(asked); !fault.empty())
      return no(403, refused::forgery, std::move(fault));
  }
  ticket = authorize(asked, path, who);
  if (ticket.why.status == 0) ticket.caller = std::move(who.name);
  return ticket;
}

admission_ticket gatekeeper::identify(const request& asked, std::string_view path,
                                      const visitor& from, time_point now, proven& who) {
  if (rules_.mode == auth_mode::off) return {};
  if (asked.count("authorization") > 0 && !rules_.tokens.empty())
    return by_token(asked, path, from, now, who);
  if (rules_.mode == auth_mode::mtls && !from.certificate.empty())
    return by_certificate(path, from, now, who);
  return nothing_shown();
}

admission_ticket gatekeeper::by_token(const request& asked, std::string_view path,
                                      const visitor& from, time_point now, proven& who) {
  const bool cooling = failures_.cooling(cool_down_key(from.remote), now);
  const std::string_view given = asked.count("authorization") == 1
                                     ? bearer_token(asked.header("authorization"))
                                     : std::string_view();
  // Nobody guesses what this node has drawn itself: it opens at any time, so that nobody can shut
  // the operator out by knocking from the same address.
  if (const token* found = rules_.tokens.find(given, cooling)) {
    who = {"token:" + found->name, found->may, true};
    return {};
  }
  if (cooling)
    return no(429, refused::cooling,
              "too many wrong tokens from this address; wait " +
                  mw::to_string(rules_.patience.window) + " and check the token");
  return wrong(refused::token,
               {401, given.empty() ? "Authorization must be `Bearer TOKEN`, once"
                                   : "this token is not one of this node's; it draws a new one "
                                     "at each start, see `mw token`"},
               path, from, now);
}

admission_ticket gatekeeper::by_certificate(std::string_view path, const visitor& from,
                                            time_point now, proven& who) {
  who.name = from.certificate;
  if (rules_.identities.empty()) return {};  // the policy decides; there is one
  const role* const may = role_of(from.certificate);
  if (may == nullptr)
    return wrong(refused::role,
                 {403, quoted(from.certificate) +
                           " is not in `identities` of this node, so it may do nothing here"},
                 path, from, now);
  who.may = *may;
  return {};
}

admission_ticket gatekeeper::authorize(const request& asked, std::string_view path,
                                       const proven& who) const {
  const bool acts = changes_things(asked.method);
  if (acts && who.may == role::read)
    return no(403, refused::role, who.name + " may only look here; an action needs the role `act`");
  if (rules_.policy == nullptr) return {};
  const access what{who.name, acts ? access_verb::act : access_verb::read, path};
  const decision said = rules_.policy->authorize(what);
  if (said.allowed) return {};
  const std::string reference = reports_.denied(what, said);
  return no(403, refused::policy,
            "the policy does not let " + (who.name.empty() ? "strangers" : quoted(who.name)) +
                (acts ? " act on " : " read ") + quoted(path) + " (reference " + reference + ")");
}

admission_ticket gatekeeper::wrong(refused reason, refusal why, std::string_view path,
                                   const visitor& from, time_point now) {
  const std::string address = cool_down_key(from.remote);
  // A certificate that is known but not wanted is told each time, but counted no further.
  const bool silent = failures_.cooling(address, now);
  const bool last_straw = !silent && failures_.failed(address, now);
  if (!silent) reports_.knocked(reason, path, from, last_straw);
  return {std::move(why), reason, {}, false};
}

admission_ticket gatekeeper::nothing_shown() const {
  if (rules_.mode == auth_mode::mtls)
    return no(401, refused::identity,
              "this node wants a client certificate (auth: mtls), and the connection has none");
  return no(401, refused::identity,
            "this node wants a token: `Authorization: Bearer ...`; `mw token` prints it, "
            "`mw admin` sends it by itself");
}

const role* gatekeeper::role_of(std::string_view identity) const {
  const role* best = nullptr;
  std::size_t longest = 0;
  for (const auto& [pattern, may] : rules_.identities) {
    if (!pattern_takes(pattern, identity) || pattern.size() < longest) continue;
    best = &may;
    longest = pattern.size();
  }
  return best;
}

bool gatekeeper::open_to_all(const request& asked, std::string_view path) const {
  return !changes_things(asked.method) && rules_.open.has(path);
}

bool gatekeeper::still_welcome(std::string_view caller, std::string_view path) const {
  if (rules_.policy == nullptr) return true;
  return rules_.policy->authorize({caller, access_verb::read, path}).allowed;
}

std::uint64_t gatekeeper::rules_version() const {
  return rules_.policy == nullptr ? 0 : rules_.policy->version();
}

}  // namespace mw::http
