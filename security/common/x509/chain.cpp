// chain: our bounds first, then X509_verify_cert with everything that it can be strict about.
// SPDX-License-Identifier: Apache-2.0
#include "chain.h"

#include "facts.h"
#include "keys.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mw::x509 {
namespace {

using store_ptr = std::unique_ptr<X509_STORE, freed_by<X509_STORE_free>>;
using store_context_ptr = std::unique_ptr<X509_STORE_CTX, freed_by<X509_STORE_CTX_free>>;

// The certificates belong to their owner: the stack is only a list.
void free_list(STACK_OF(X509) * list) {
  sk_X509_free(list);
}
using list_ptr = std::unique_ptr<STACK_OF(X509), freed_by<free_list>>;

problem about(refusal why, const X509& which, std::string detail) {
  return {why, words_of(*X509_get_subject_name(&which)), std::move(detail)};
}

problem judge_bounds(const certificates& shown) {
  if (shown.empty()) return {refusal::no_certificate, {}, {}};
  std::size_t bytes = 0;
  for (const certificate_ptr& one : shown) bytes += der_of(*one).size();
  if (bytes > chain_bytes_max)
    return {refusal::chain_too_large, {}, std::to_string(bytes) + " bytes"};
  for (const certificate_ptr& one : shown) {
    // libcrypto only says that it finds no issuer for a certificate that it cannot understand.
    if ((X509_get_extension_flags(one.get()) & EXFLAG_INVALID) != 0)
      return about(refusal::extension_malformed, *one, {});
    const EVP_PKEY* key = X509_get0_pubkey(one.get());
    if (key == nullptr) {
      ERR_clear_error();
      return about(refusal::key_not_allowed, *one, "a key that cannot be read");
    }
    if (const refusal why = judge_key(*key); why != refusal::none)
      return about(why, *one, words_of(*key));
  }
  return {};
}

store_ptr store_of(const chain_question& asked) {
  store_ptr store(X509_STORE_new());
  for (const certificate_ptr& one : asked.trusted) X509_STORE_add_cert(store.get(), one.get());
  for (const crl_ptr& one : asked.lists) X509_STORE_add_crl(store.get(), one.get());
  ERR_clear_error();  // the same one twice is no fault
  return store;
}

void set_rules(X509_VERIFY_PARAM* rules, const chain_question& asked, int purpose_id) {
  unsigned long flags = X509_V_FLAG_X509_STRICT;
  if (!asked.lists.empty()) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  X509_VERIFY_PARAM_set_flags(rules, flags);
  X509_VERIFY_PARAM_set_depth(rules, static_cast<int>(intermediates_max));
  X509_VERIFY_PARAM_set_auth_level(rules, security_level);
  X509_VERIFY_PARAM_set_time(rules, seconds_of(asked.now));
  X509_VERIFY_PARAM_set_purpose(rules, purpose_id);
}

std::string detail_of(X509_STORE_CTX* context, int error, const X509& which) {
  if (error == X509_V_ERR_CERT_HAS_EXPIRED)
    return "on " + to_string(time_of(X509_get0_notAfter(&which)));
  if (error == X509_V_ERR_CERT_NOT_YET_VALID)
    return "from " + to_string(time_of(X509_get0_notBefore(&which)));
  std::string text = X509_verify_cert_error_string(error);
  return text + ", depth " + std::to_string(X509_STORE_CTX_get_error_depth(context));
}

problem verify(const chain_question& asked, X509_STORE* store, int purpose_id) {
  const list_ptr others(sk_X509_new_null());
  for (std::size_t at = 1; at < asked.shown.size(); ++at)
    sk_X509_push(others.get(), asked.shown[at].get());
  const store_context_ptr context(X509_STORE_CTX_new());
  X509* leaf = asked.shown.front().get();
  if (context == nullptr || X509_STORE_CTX_init(context.get(), store, leaf, others.get()) != 1)
    return {refusal::malformed, {}, openssl_reason("libcrypto failed")};
  set_rules(X509_STORE_CTX_get0_param(context.get()), asked, purpose_id);
  const int fine = X509_verify_cert(context.get());
  ERR_clear_error();
  const int error = X509_STORE_CTX_get_error(context.get());
  if (fine == 1 && error == X509_V_OK) return {};
  const X509* current = X509_STORE_CTX_get_current_cert(context.get());
  const X509& which = current != nullptr ? *current : static_cast<const X509&>(*leaf);
  return about(refusal_of_verify_error(error), which, detail_of(context.get(), error, which));
}

// Keys that came from the trust are held to the same rules as those that were shown.
problem judge_trusted_keys(const chain_question& asked) {
  for (const certificate_ptr& one : asked.trusted) {
    const EVP_PKEY* key = X509_get0_pubkey(one.get());
    const refusal why = key != nullptr ? judge_key(*key) : refusal::key_not_allowed;
    if (why != refusal::none) return about(why, *one, key != nullptr ? words_of(*key) : "unread");
  }
  ERR_clear_error();
  return {};
}

struct verify_error {
  int error;
  refusal why;
};
constexpr auto verify_errors = std::to_array<verify_error>({
    verify_error{X509_V_OK, refusal::none},
    verify_error{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, refusal::unknown_authority},
    verify_error{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, refusal::unknown_authority},
    verify_error{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, refusal::unknown_authority},
    verify_error{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, refusal::unknown_authority},
    verify_error{X509_V_ERR_CERT_UNTRUSTED, refusal::unknown_authority},
    verify_error{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, refusal::self_signed},
    verify_error{X509_V_ERR_CERT_HAS_EXPIRED, refusal::expired},
    verify_error{X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, refusal::expired},
    verify_error{X509_V_ERR_CERT_NOT_YET_VALID, refusal::not_yet_valid},
    verify_error{X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, refusal::not_yet_valid},
    verify_error{X509_V_ERR_CERT_SIGNATURE_FAILURE, refusal::bad_signature},
    verify_error{X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, refusal::bad_signature},
    verify_error{X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, refusal::bad_signature},
    verify_error{X509_V_ERR_INVALID_CA, refusal::issuer_not_authority},
    verify_error{X509_V_ERR_INVALID_NON_CA, refusal::issuer_not_authority},
    verify_error{X509_V_ERR_CA_BCONS_NOT_CRITICAL, refusal::issuer_not_authority},
    verify_error{X509_V_ERR_PATH_LENGTH_EXCEEDED, refusal::path_too_long},
    verify_error{X509_V_ERR_CERT_CHAIN_TOO_LONG, refusal::chain_too_deep},
    verify_error{X509_V_ERR_INVALID_PURPOSE, refusal::wrong_purpose},
    verify_error{X509_V_ERR_PERMITTED_VIOLATION, refusal::name_not_permitted},
    verify_error{X509_V_ERR_EXCLUDED_VIOLATION, refusal::name_not_permitted},
    verify_error{X509_V_ERR_SUBTREE_MINMAX, refusal::name_not_permitted},
    verify_error{X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, refusal::name_not_permitted},
    verify_error{X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, refusal::name_not_permitted},
    verify_error{X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, refusal::name_not_permitted},
    verify_error{X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, refusal::critical_extension},
    verify_error{X509_V_ERR_CA_MD_TOO_WEAK, refusal::weak_signature},
    verify_error{X509_V_ERR_EE_KEY_TOO_SMALL, refusal::key_too_small},
    verify_error{X509_V_ERR_CA_KEY_TOO_SMALL, refusal::key_too_small},
    verify_error{X509_V_ERR_CERT_REVOKED, refusal::revoked},
    verify_error{X509_V_ERR_UNABLE_TO_GET_CRL, refusal::crl_missing},
    verify_error{X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, refusal::crl_missing},
    verify_error{X509_V_ERR_CRL_NOT_YET_VALID, refusal::crl_not_yet_valid},
    verify_error{X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, refusal::crl_not_yet_valid},
    verify_error{X509_V_ERR_CRL_HAS_EXPIRED, refusal::crl_expired},
    verify_error{X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, refusal::crl_expired},
    verify_error{X509_V_ERR_CRL_SIGNATURE_FAILURE, refusal::crl_bad_signature},
    verify_error{X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, refusal::crl_bad_signature},
    verify_error{X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, refusal::crl_unusable},
    verify_error{X509_V_ERR_DIFFERENT_CRL_SCOPE, refusal::crl_unusable},
    verify_error{X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, refusal::crl_unusable},
    verify_error{X509_V_ERR_INVALID_EXTENSION, refusal::extension_malformed},
    verify_error{X509_V_ERR_KEYUSAGE_NO_CERTSIGN, refusal::issuer_may_not_sign},
    verify_error{X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, refusal::issuer_may_not_sign},
});

}  // namespace

refusal refusal_of_verify_error(int x509_v_error) {
  const auto at =
      std::find_if(verify_errors.begin(), verify_errors.end(),
                   [x509_v_error](const verify_error& row) { return row.error == x509_v_error; });
  return at == verify_errors.end() ? refusal::profile_broken : at->why;
}

problem judge_chain(const chain_question& asked) {
  prepare_openssl();
  if (problem found = judge_bounds(asked.shown); found.why != refusal::none) return found;
  if (problem found = judge_trusted_keys(asked); found.why != refusal::none) return found;
  const store_ptr store = store_of(asked);
  if (asked.side != purpose::server) {
    problem found = verify(asked, store.get(), X509_PURPOSE_SSL_CLIENT);
    if (found.why != refusal::none || asked.side == purpose::client) return found;
  }
  return verify(asked, store.get(), X509_PURPOSE_SSL_SERVER);
}

}  // namespace mw::x509
