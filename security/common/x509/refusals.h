// refusals: every reason for which a certificate, chain or set is refused, with its stable code.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw::x509 {

// TLSnnn: the chain, as transport.tls and `mw certs check` judge it; 001 to 049 are chains, from
// 050 on transport.tls owns what is wrong with a handshake. AUTHnnn: rules of the leaf, owned by
// security.identity. CREDnnn: what is wrong with this node's own files.
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
  // Leaves.
  leaf_malformed,
  leaf_version,
  leaf_is_authority,
  leaf_signs_certificates,
  leaf_no_digital_signature,
  leaf_wrong_usage,
  leaf_no_uri,
  leaf_many_uris,
  uri_scheme,
  uri_no_domain,
  uri_domain_letters,
  uri_user_info,
  uri_port,
  uri_query,
  uri_fragment,
  uri_percent,
  uri_no_path,
  uri_empty_segment,
  uri_trailing_slash,
  uri_dot_segment,
  uri_path_letters,
  uri_not_ascii,
  uri_too_long,
  uri_domain_too_long,
  uri_address_domain,
  domain_foreign,
  path_not_a_node,
  node_name_bad,
  identity_denied,
  identity_expired,
  leaf_extension_twice,
  leaf_serial,
  leaf_key,
  // Own files.
  file_unreadable,
  file_too_large,
  key_file_open_to_others,
  pem_damaged,
  no_key,
  key_encrypted,
  key_does_not_fit,
  no_trust,
  trust_not_authority,
  identity_changed,
  crl_damaged,
};

struct refusal_row {
  refusal why;
  std::string_view code;    // stable; documentation and alerts hang on it
  std::string_view says;    // what is wrong, as the end of a sentence
  std::string_view remedy;  // what to do
};

// In the order of the enum, without `none`.
[[nodiscard]] std::span<const refusal_row> all_refusals();
[[nodiscard]] const refusal_row& row_of(refusal why);  // of `none`: empty texts
[[nodiscard]] std::string_view code_of(refusal why);
[[nodiscard]] refusal refusal_of(std::string_view code);  // none when there is no such code

// One finding: a refusal about something that is named.
struct problem {
  refusal why = refusal::none;
  std::string about;   // a file, a certificate's subject, an entry; escaped by whoever prints
  std::string detail;  // what was got and what the limit is; may be empty
};
// A value, or why there is none.
template <class T>
struct judged {
  T value{};
  problem wrong;
  [[nodiscard]] bool ok() const { return wrong.why == refusal::none; }
};
// "TLS004 n1.pem: the certificate has expired (on 2026-01-02T…); make a new one".
[[nodiscard]] std::string to_string(const problem& p);

}  // namespace mw::x509
