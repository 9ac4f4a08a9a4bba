// refusals: every reason for which a link is refused or ended, with its stable code.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw::tls {

// TLS001 to TLS049 are chains: the same codes as those of `mw certs check`. From TLS050 on:
// handshakes and live links.
enum class refusal : std::uint8_t {
  none,
  // Chains.
  no_certificate,
  malformed,
  unknown_authority,
  expired,
  not_yet_valid,
  bad_signature,
  issuer_not_authority,
  path_too_long,
  chain_too_deep,
  chain_too_large,
  wrong_purpose,
  name_not_permitted,
  critical_extension,
  weak_signature,
  key_too_small,
  key_not_allowed,
  revoked,
  crl_missing,
  crl_not_yet_valid,
  crl_expired,
  crl_bad_signature,
  crl_unusable,
  profile_broken,
  extension_malformed,
  issuer_may_not_sign,
  self_signed,
  // Handshakes.
  not_tls,
  http,
  old_version,
  nothing_in_common,
  no_protocol,
  wrong_protocol,
  bad_record,
  too_large,
  bad_message,
  proof_failed,
  renegotiation,
  name_unusable,
  somebody_else,
  identity,
  too_slow,
  too_many,
  cut_off,
  refused_by_peer,
  library,
  // Live links.
  key_updates,
  truncated,
  peer_alert,
};

struct refusal_row {
  refusal why;
  std::string_view code;    // stable; documentation and alerts hang on it
  std::string_view says;    // what is wrong
  std::string_view remedy;  // what to do
};

[[nodiscard]] std::span<const refusal_row> all_refusals();
[[nodiscard]] const refusal_row& row_of(refusal why);  // of `none`: empty texts

// What became of a link: why, and what was got.
struct verdict {
  refusal why = refusal::none;
  std::string detail;  // may be empty
  // The alert that went out or came in; -1: none.
  int alert = -1;
  // "TLS004: the certificate has expired (…): make a new one". An identity's detail brings a code
  // of its own.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::string code() const;
  [[nodiscard]] failure as_failure() const;
};

// An alert of the protocol: its name, what the sender means by it, and what to do about it.
struct alert_row {
  int number;
  std::string_view name;
  std::string_view means;
  std::string_view remedy;
};
[[nodiscard]] const alert_row& alert_of(int number);  // of unknown ones: "unknown"

}  // namespace mw::tls
