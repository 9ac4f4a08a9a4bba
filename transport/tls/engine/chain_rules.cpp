// chain_rules: checks that OpenSSL does not make, and its verdicts in our codes.
// SPDX-License-Identifier: Apache-2.0
#include "engine/chain_rules.h"

#include <openssl/asn1.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <array>
#include <bit>

namespace mw::tls {

namespace {

constexpr std::size_t name_max = 2048;
constexpr int rsa_bits_min = 2048;
constexpr int rsa_bits_max = 4096;

// The size of the modulus, read from the encoding: a key of a megabit is never handed to
// arithmetic.
int rsa_bits(const unsigned char* encoded, int size) {
  long length = 0;
  int tag = 0;
  int tag_class = 0;
  const unsigned char* at = encoded;
  if ((ASN1_get_object(&at, &length, &tag, &tag_class, size) & 0x80) != 0) return -1;
  if (tag != V_ASN1_SEQUENCE) return -1;
  const long left = size - (at - encoded);
  if ((ASN1_get_object(&at, &length, &tag, &tag_class, left) & 0x80) != 0) return -1;
  if (tag != V_ASN1_INTEGER || length < 1) return -1;
  while (length > 0 && *at == 0) ++at, --length;
  if (length == 0) return 0;
  return static_cast<int>(length) * 8 - std::countl_zero(*at);
}

refusal judge_rsa(const unsigned char* encoded, int size) {
  const int bits = rsa_bits(encoded, size);
  if (bits < 0) return refusal::key_not_allowed;
  if (bits < rsa_bits_min) return refusal::key_too_small;
  return bits > rsa_bits_max ? refusal::key_not_allowed : refusal::none;
}

refusal judge_curve(const X509_ALGOR& algorithm) {
  int kind = 0;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &kind, &value, &algorithm);
  if (kind != V_ASN1_OBJECT) return refusal::key_not_allowed;  // a curve of its own making
  const int curve = OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(value));
  const bool fine = curve == NID_X9_62_prime256v1 || curve == NID_secp384r1;
  return fine ? refusal::none : refusal::key_not_allowed;
}

refusal judge_key(const X509& certificate) {
  ASN1_OBJECT* object = nullptr;
  const unsigned char* encoded = nullptr;
  int size = 0;
  X509_ALGOR* algorithm = nullptr;
  X509_PUBKEY* const key = X509_get_X509_PUBKEY(&certificate);
  if (key == nullptr || X509_PUBKEY_get0_param(&object, &encoded, &size, &algorithm, key) != 1)
    return refusal::malformed;
  switch (OBJ_obj2nid(object)) {
    case NID_rsaEncryption:
    case NID_rsassaPss:
      return judge_rsa(encoded, size);
    case NID_X9_62_id_ecPublicKey:
      return judge_curve(*algorithm);
    case NID_ED25519:
      return refusal::none;
    default:
      return refusal::key_not_allowed;
  }
}

std::string who(const X509* certificate) {
  if (certificate == nullptr) return "";
  return name_of(*certificate);
}

verdict refuse(X509_STORE_CTX* with, refusal why, int error, const X509* about) {
  X509_STORE_CTX_set_error(with, error);
  return {why, who(about), -1};
}

// What is cheap to see, before anything is computed.
verdict look_over(X509_STORE_CTX* with) {
  const STACK_OF(X509)* const shown = X509_STORE_CTX_get0_untrusted(with);
  X509* const leaf = X509_STORE_CTX_get0_cert(with);
  const int count = shown == nullptr ? 0 : sk_X509_num(shown);
  // The leaf, the intermediates, and the root, which some send as well.
  if (count > intermediates_max + 2)
    return refuse(with, refusal::chain_too_deep, X509_V_ERR_CERT_CHAIN_TOO_LONG, leaf);
  for (int i = -1; i < count; ++i) {
    X509* const one = i < 0 ? leaf : sk_X509_value(shown, i);
    if (one == nullptr) continue;
    // Of a certificate that it cannot understand OpenSSL only says that it finds no issuer.
    if ((X509_get_extension_flags(one) & EXFLAG_INVALID) != 0)
      return refuse(with, refusal::extension_malformed, X509_V_ERR_INVALID_EXTENSION, one);
    const refusal why = judge_key(*one);
    if (why != refusal::none) return refuse(with, why, X509_V_ERR_EE_KEY_TOO_SMALL, one);
  }
  return {};
}

struct verify_reason {
  int error;
  refusal why;
};

constexpr auto verify_reasons = std::to_array<verify_reason>({
    verify_reason{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, refusal::unknown_authority},
    verify_reason{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, refusal::unknown_authority},
    verify_reason{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, refusal::unknown_authority},
    verify_reason{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, refusal::unknown_authority},
    verify_reason{X509_V_ERR_CERT_UNTRUSTED, refusal::unknown_authority},
    verify_reason{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, refusal::self_signed},
    verify_reason{X509_V_ERR_CERT_HAS_EXPIRED, refusal::expired},
    verify_reason{X509_V_ERR_CERT_NOT_YET_VALID, refusal::not_yet_valid},
    verify_reason{X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, refusal::not_yet_valid},
    verify_reason{X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, refusal::expired},
    verify_reason{X509_V_ERR_CERT_SIGNATURE_FAILURE, refusal::bad_signature},
    verify_reason{X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, refusal::bad_signature},
    verify_reason{X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, refusal::bad_signature},
    verify_reason{X509_V_ERR_INVALID_CA, refusal::issuer_not_authority},
    verify_reason{X509_V_ERR_INVALID_NON_CA, refusal::issuer_not_authority},
    verify_reason{X509_V_ERR_PATH_LENGTH_EXCEEDED, refusal::path_too_long},
    verify_reason{X509_V_ERR_CERT_CHAIN_TOO_LONG, refusal::chain_too_deep},
    verify_reason{X509_V_ERR_INVALID_PURPOSE, refusal::wrong_purpose},
    verify_reason{X509_V_ERR_CA_BCONS_NOT_CRITICAL, refusal::issuer_not_authority},
    verify_reason{X509_V_ERR_PERMITTED_VIOLATION, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_EXCLUDED_VIOLATION, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_SUBTREE_MINMAX, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, refusal::name_not_permitted},
    verify_reason{X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, refusal::critical_extension},
    verify_reason{X509_V_ERR_CA_MD_TOO_WEAK, refusal::weak_signature},
    verify_reason{X509_V_ERR_EE_KEY_TOO_SMALL, refusal::key_too_small},
    verify_reason{X509_V_ERR_CA_KEY_TOO_SMALL, refusal::key_too_small},
    verify_reason{X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, refusal::key_not_allowed},
    verify_reason{X509_V_ERR_CERT_REVOKED, refusal::revoked},
    verify_reason{X509_V_ERR_UNABLE_TO_GET_CRL, refusal::crl_missing},
    verify_reason{X509_V_ERR_CRL_NOT_YET_VALID, refusal::crl_not_yet_valid},
    verify_reason{X509_V_ERR_CRL_HAS_EXPIRED, refusal::crl_expired},
    verify_reason{X509_V_ERR_CRL_SIGNATURE_FAILURE, refusal::crl_bad_signature},
    verify_reason{X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, refusal::crl_bad_signature},
    verify_reason{X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, refusal::crl_missing},
    verify_reason{X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, refusal::crl_unusable},
    verify_reason{X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, refusal::crl_unusable},
    verify_reason{X509_V_ERR_DIFFERENT_CRL_SCOPE, refusal::crl_unusable},
    verify_reason{X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, refusal::crl_not_yet_valid},
    verify_reason{X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, refusal::crl_expired},
    verify_reason{X509_V_ERR_INVALID_EXTENSION, refusal::extension_malformed},
    verify_reason{X509_V_ERR_KEYUSAGE_NO_CERTSIGN, refusal::issuer_may_not_sign},
    verify_reason{X509_V_ERR_CA_CERT_MISSING_KEY_USAGE, refusal::issuer_may_not_sign},
});

constexpr int alert_of_time = X509_V_ERR_CERT_HAS_EXPIRED;

}  // namespace

void set_rules(X509_VERIFY_PARAM* of, bool revocation) {
  unsigned long flags = X509_V_FLAG_X509_STRICT;
  if (revocation) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  X509_VERIFY_PARAM_set_flags(of, flags);
  X509_VERIFY_PARAM_set_depth(of, intermediates_max);
  X509_VERIFY_PARAM_set_auth_level(of, 2);
}

refusal refusal_of(int error) {
  const auto at = std::find_if(verify_reasons.begin(), verify_reasons.end(),
                               [error](const verify_reason& one) { return one.error == error; });
  // What X509_STRICT adds to the rules of the RFC has a number of its own for each rule.
  return at == verify_reasons.end() ? refusal::profile_broken : at->why;
}

verdict verify_chain(X509_STORE_CTX* with, wall_time now) {
  verdict seen = look_over(with);
  if (seen.why != refusal::none) return seen;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.since_epoch).count();
  X509_VERIFY_PARAM_set_time(X509_STORE_CTX_get0_param(with), seconds);
  if (X509_verify_cert(with) == 1) return {};
  const int error = X509_STORE_CTX_get_error(with);
  const refusal why = refusal_of(error);
  std::string about = who(X509_STORE_CTX_get_current_cert(with));
  about += about.empty() ? "" : ": ";
  about += X509_verify_cert_error_string(error);
  // The other side shall hear that it is about time, not that "something is wrong".
  if (why == refusal::not_yet_valid) X509_STORE_CTX_set_error(with, alert_of_time);
  return {why, std::move(about), -1};
}

namespace {

bool usable_name(std::string_view name) {
  return !name.empty() && name.size() <= name_max &&
         std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string subject_of(const X509& leaf) {
  const bio_ptr out(BIO_new(BIO_s_mem()));
  // RFC 2253 escapes what is not printable ASCII.
  if (!out || X509_NAME_print_ex(out.get(), X509_get_subject_name(&leaf), 0, XN_FLAG_RFC2253) < 0)
    return "";
  char* text = nullptr;
  const long size = BIO_get_mem_data(out.get(), &text);
  if (size <= 0) return "";
  return std::string(text, std::min<std::size_t>(static_cast<std::size_t>(size), 256));
}

}  // namespace

std::string name_of(const X509& leaf) {
  struct names_free {
    void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  };
  const std::unique_ptr<GENERAL_NAMES, names_free> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&leaf, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names == nullptr ? 0 : sk_GENERAL_NAME_num(names.get());
  for (int i = 0; i < count; ++i) {
    const GENERAL_NAME* const one = sk_GENERAL_NAME_value(names.get(), i);
    if (one->type != GEN_URI) continue;
    const ASN1_IA5STRING* const uri = one->d.uniformResourceIdentifier;
    const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                                static_cast<std::size_t>(ASN1_STRING_length(uri)));
    return usable_name(text) ? std::string(text) : "";
  }
  return subject_of(leaf);
}

wall_time end_of(const X509& certificate) {
  int days = 0;
  int seconds = 0;
  const std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>> epoch(ASN1_TIME_set(nullptr, 0));
  if (!epoch || ASN1_TIME_diff(&days, &seconds, epoch.get(), X509_get0_notAfter(&certificate)) != 1)
    return {};
  constexpr int days_max = 100'000;  // nanoseconds end after 292 years
  return {std::chrono::hours(24) * std::min(days, days_max) + std::chrono::seconds(seconds)};
}

}  // namespace mw::tls
