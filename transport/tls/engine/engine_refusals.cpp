// engine_refusals: the table of reasons.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine_refusals.h"

#include "engine/openssl.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <array>

namespace mw::tls {

namespace {

struct translation {
  int reason;
  refusal why;
};

constexpr auto translations = std::to_array<translation>({
    translation{SSL_R_HTTP_REQUEST, refusal::http},
    translation{SSL_R_HTTPS_PROXY_REQUEST, refusal::http},
    translation{SSL_R_WRONG_VERSION_NUMBER, refusal::not_tls},
    translation{SSL_R_BAD_PACKET, refusal::not_tls},
    translation{SSL_R_UNSUPPORTED_PROTOCOL, refusal::old_version},
    translation{SSL_R_VERSION_TOO_LOW, refusal::old_version},
    translation{SSL_R_UNKNOWN_PROTOCOL, refusal::old_version},
    translation{SSL_R_WRONG_SSL_VERSION, refusal::old_version},
    translation{SSL_R_NO_SHARED_CIPHER, refusal::nothing_in_common},
    translation{SSL_R_NO_SUITABLE_GROUPS, refusal::nothing_in_common},
    translation{SSL_R_NO_SUITABLE_KEY_SHARE, refusal::nothing_in_common},
    translation{SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, refusal::nothing_in_common},
    translation{SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, refusal::nothing_in_common},
    translation{SSL_R_BAD_KEY_SHARE, refusal::nothing_in_common},
    translation{SSL_R_UNKNOWN_CIPHER_RETURNED, refusal::nothing_in_common},
    translation{SSL_R_WRONG_CIPHER_RETURNED, refusal::nothing_in_common},
    translation{SSL_R_NO_APPLICATION_PROTOCOL, refusal::wrong_protocol},
    translation{SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, refusal::bad_record},
    translation{SSL_R_BAD_RECORD_TYPE, refusal::bad_record},
    translation{SSL_R_RECORD_TOO_SMALL, refusal::bad_record},
    translation{SSL_R_LENGTH_TOO_SHORT, refusal::bad_record},
    translation{SSL_R_DATA_LENGTH_TOO_LONG, refusal::too_large},
    translation{SSL_R_ENCRYPTED_LENGTH_TOO_LONG, refusal::too_large},
    translation{SSL_R_PACKET_LENGTH_TOO_LONG, refusal::too_large},
    translation{SSL_R_RECORD_LENGTH_MISMATCH, refusal::too_large},
    translation{SSL_R_EXCESSIVE_MESSAGE_SIZE, refusal::chain_too_large},
    translation{SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, refusal::no_certificate},
    translation{SSL_R_CERT_LENGTH_MISMATCH, refusal::malformed},
    translation{SSL_R_UNKNOWN_CERTIFICATE_TYPE, refusal::key_not_allowed},
    translation{SSL_R_UNABLE_TO_FIND_PUBLIC_KEY_PARAMETERS, refusal::key_not_allowed},
    translation{SSL_R_EE_KEY_TOO_SMALL, refusal::key_too_small},
    translation{SSL_R_CA_KEY_TOO_SMALL, refusal::key_too_small},
    translation{SSL_R_CA_MD_TOO_WEAK, refusal::weak_signature},
    translation{SSL_R_BAD_SIGNATURE, refusal::proof_failed},
    translation{SSL_R_WRONG_SIGNATURE_TYPE, refusal::proof_failed},
    translation{SSL_R_WRONG_SIGNATURE_SIZE, refusal::proof_failed},
    translation{SSL_R_WRONG_CURVE, refusal::proof_failed},
    translation{SSL_R_NO_RENEGOTIATION, refusal::renegotiation},
    translation{SSL_R_RENEGOTIATION_MISMATCH, refusal::renegotiation},
    translation{SSL_R_UNEXPECTED_EOF_WHILE_READING, refusal::cut_off},
});

verdict of_reason(int library, int reason, bool live) {
  constexpr int alerts_end = SSL_AD_REASON_OFFSET + 256;  // above: flags of OpenSSL's own mishaps
  if (library == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET && reason < alerts_end)
    return {
        live ? refusal::peer_alert : refusal::refused_by_peer, {}, reason - SSL_AD_REASON_OFFSET};
  const char* const text = ERR_reason_error_string(ERR_PACK(library, 0, reason));
  const std::string detail = text == nullptr ? "" : text;
  if (library == ERR_LIB_ASN1 || library == ERR_LIB_X509) return {refusal::malformed, detail, -1};
  if (library == ERR_LIB_SSL && reason != ERR_R_INTERNAL_ERROR && reason != ERR_R_MALLOC_FAILURE) {
    const auto at = std::find_if(translations.begin(), translations.end(),
                                 [reason](const translation& one) { return one.reason == reason; });
    return {at == translations.end() ? refusal::bad_message : at->why, detail, -1};
  }
  return {refusal::library, detail, -1};
}

}  // namespace

// The errors of one mishap lie on top of each other, the cause first; the first one that has a
// meaning here counts.
verdict verdict_of_openssl(bool live) {
  verdict said{refusal::library, "no reason", -1};
  bool clear = false;
  while (const unsigned long code = ERR_get_error()) {
    if (clear) continue;
    said = of_reason(ERR_GET_LIB(code), ERR_GET_REASON(code), live);
    clear = said.why != refusal::library && said.why != refusal::bad_message;
  }
  return said;
}

}  // namespace mw::tls
