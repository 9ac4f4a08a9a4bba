// gatekeeper: who asks, what their proof is worth, and what they may do.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/cool_down.h"
#include "gate/identity.h"
#include "gate/path_list.h"
#include "gate/tokens.h"

#include <mw/function.h>
#include <mw/policy.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::http {

enum class auth_mode : std::uint8_t { token, mtls, off };
constexpr std::array<std::string_view, 3> option_names(auth_mode) {
  return {"token", "mtls", "off"};
}

struct gate_rules {
  auth_mode mode = auth_mode::token;
  token_table tokens;
  std::map<std::string, role> identities;  // of certificates; "/*" at the end takes all below
  path_list open;                          // reads that need no proof
  mw::policy* policy = nullptr;            // asked last, when there is one; outlives this
  cool_down::limits patience;
};

// What an audit log has to know. Called inside judge().
struct gate_reports {
  // A wrong proof; `cooling`: it was the one too many.
  function<void(refused reason, std::string_view path, const visitor& from, bool cooling)> knocked;
  // The policy said no. Returns what the refused one is told, to be found again in the audit log.
  function<std::string(const access& what, const decision& said)> denied;
};

// A pure step: the time comes with the call. A proof is a bearer token or a certificate:
//
//   token   the token decides, whatever the transport proved
//   mtls    the identity of the certificate decides; with a token in the request that does
//   off     nobody proves anything
//
// A token in a header is nothing that a browser adds by itself, so a page of somebody else cannot
// use it, and there are no cookies. Certificates and loopback addresses are: then actions need the
// header X-Meshwright, and JSON if there is a body, which no page can send across origins without
// being asked for a permission that is never given.
class gatekeeper final {
 public:
  explicit gatekeeper(gate_rules rules, gate_reports reports)
      : rules_(std::move(rules)), reports_(std::move(reports)), failures_(rules_.patience) {}

  [[nodiscard]] admission_ticket judge(const request& asked, std::string_view path,
                                       const visitor& from, time_point now);
  [[nodiscard]] bool still_welcome(std::string_view caller, std::string_view path) const;
  [[nodiscard]] std::uint64_t rules_version() const;
  [[nodiscard]] knock_count knocks() const { return {failures_.size(), failures_.forgotten()}; }

 private:
  struct proven {
    std::string name;
    role may = role::act;
    bool by_token = false;
  };
  // Status 0 in `why` and a name, or why not.
  admission_ticket identify(const request& asked, std::string_view path, const visitor& from,
                            time_point now, proven& who);
  admission_ticket by_token(const request& asked, std::string_view path, const visitor& from,
                            time_point now, proven& who);
  admission_ticket by_certificate(std::string_view path, const visitor& from, time_point now,
                                  proven& who);
  [[nodiscard]] admission_ticket authorize(const request& asked, std::string_view path,
                                           const proven& who) const;
  admission_ticket wrong(refused reason, refusal why, std::string_view path, const visitor& from,
                         time_point now);
  [[nodiscard]] admission_ticket nothing_shown() const;
  [[nodiscard]] const role* role_of(std::string_view identity) const;
  [[nodiscard]] bool open_to_all(const request& asked, std::string_view path) const;

  gate_rules rules_;
  gate_reports reports_;
  cool_down failures_;
};

// Empty: no page of another origin can have caused this action. Else what is missing.
[[nodiscard]] std::string forgery_fault(const request& asked);

}  // namespace mw::http
