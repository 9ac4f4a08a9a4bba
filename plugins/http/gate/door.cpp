// door: what is said about callers holds who they proved to be, never what they showed.
// SPDX-License-Identifier: Apache-2.0
#include "gate/door.h"

#include <utility>

namespace mw::http {
namespace {

// Peer text in logs and events is cut.
constexpr std::size_t shown_bytes_max = 128;

std::string cut(std::string_view text) {
  return std::string(text.substr(0, shown_bytes_max));
}

}  // namespace

door::door(host& h, gate_rules rules)
    : host_(h),
      refusals_(h.bus().open<admin_refused>()),
      actions_(h.bus().open<admin_acted>()),
      denials_(h.bus().open<access_denied>()),
      keeper_(std::move(rules),
              {.knocked = [this](refused reason, std::string_view path, const visitor& from,
                                 bool cooling) { knocked(reason, path, from, cooling); },
               .denied = [this](const access& what,
                                const decision& said) { return denied(what, said); }}) {}

admission_ticket door::judge(const request& asked, std::string_view path, const visitor& from) {
  return keeper_.judge(asked, path, from, host_.now());
}

bool door::still_welcome(std::string_view caller, std::string_view path) {
  return keeper_.still_welcome(caller, path);
}

void door::knocked(refused reason, std::string_view path, const visitor& from, bool cooling) {
  refusals_.publish({.number = ++refusals_count_,
                     .reason = reason == refused::token ? "token" : "role",
                     .remote = to_string(from.remote),
                     .resource = cut(path),
                     .cooling = cooling});
  const std::string peer = to_string(from.remote);
  if (cooling)
    host_.log().warn("too many wrong proofs; the address is not listened to for a while",
                     {{"peer", peer}});
  else
    host_.log().warn("a wrong proof", {{"peer", peer}, {"path", quoted(path)}});
}

std::string door::denied(const access& what, const decision& said) {
  const std::string reference = std::string(host_.name()) + "-" + std::to_string(++denials_count_);
  denials_.publish({.number = denials_count_,
                    .reference = reference,
                    .identity = cut(what.subject),
                    .node = {},
                    .verb = what.verb == access_verb::act ? "act" : "read",
                    .resource = cut(what.resource),
                    .path = "http",
                    .rule = said.rule,
                    .version = said.version});
  return reference;
}

void door::acted(std::string_view caller, std::string_view path, const endpoint& remote,
                 int status) {
  actions_.publish({.number = ++actions_count_,
                    .identity = cut(caller),
                    .resource = cut(path),
                    .remote = to_string(remote),
                    .status = static_cast<std::uint32_t>(status)});
}

}  // namespace mw::http
