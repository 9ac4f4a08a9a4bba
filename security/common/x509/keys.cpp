// keys: three curves and RSA of moderate size; everything else is refused.
// SPDX-License-Identifier: Apache-2.0
#include "keys.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

namespace mw::x509 {
namespace {

using context_ptr = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;

struct curve_of_kind {
  key_kind kind;
  int type;
  int curve;  // of EC; 0: none
};
constexpr auto kinds =
    std::to_array<curve_of_kind>({curve_of_kind{key_kind::p256, EVP_PKEY_EC, NID_X9_62_prime256v1},
                                  curve_of_kind{key_kind::p384, EVP_PKEY_EC, NID_secp384r1},
                                  curve_of_kind{key_kind::ed25519, EVP_PKEY_ED25519, 0},
                                  curve_of_kind{key_kind::rsa, EVP_PKEY_RSA, 0},
                                  curve_of_kind{key_kind::p521, EVP_PKEY_EC, NID_secp521r1},
                                  curve_of_kind{key_kind::secp256k1, EVP_PKEY_EC, NID_secp256k1},
                                  curve_of_kind{key_kind::ed448, EVP_PKEY_ED448, 0}});

int curve_of(const EVP_PKEY& key) {
  std::array<char, 64> name{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(&key, name.data(), name.size(), &size) != 1) {
    ERR_clear_error();
    return 0;
  }
  return OBJ_sn2nid(name.data());
}

bool prepare_curve(EVP_PKEY_CTX* context, const curve_of_kind& wanted, unsigned rsa_bits) {
  if (wanted.type == EVP_PKEY_RSA)
    return EVP_PKEY_CTX_set_rsa_keygen_bits(context, static_cast<int>(rsa_bits)) == 1;
  if (wanted.curve == 0) return true;
  return EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, wanted.curve) == 1 &&
         EVP_PKEY_CTX_set_ec_param_enc(context, OPENSSL_EC_NAMED_CURVE) == 1;
}

}  // namespace

result<key_ptr> make_key(key_kind kind, unsigned rsa_bits) {
  prepare_openssl();
  const curve_of_kind& wanted = kinds[static_cast<std::size_t>(kind)];
  const context_ptr context(EVP_PKEY_CTX_new_id(wanted.type, nullptr));
  EVP_PKEY* key = nullptr;
  if (context == nullptr || EVP_PKEY_keygen_init(context.get()) != 1 ||
      !prepare_curve(context.get(), wanted, rsa_bits) ||
      EVP_PKEY_generate(context.get(), &key) != 1)
    return {errc::internal, "making a key: " + openssl_reason("libcrypto failed")};
  return key_ptr(key);
}

refusal judge_key(const EVP_PKEY& key) {
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_EC: {
      const int curve = curve_of(key);
      const bool fine = curve == NID_X9_62_prime256v1 || curve == NID_secp384r1;
      return fine ? refusal::none : refusal::key_not_allowed;
    }
    case EVP_PKEY_ED25519:
      return refusal::none;
    case EVP_PKEY_RSA: {
      const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(&key));
      if (bits < rsa_bits_min) return refusal::key_too_small;
      return bits > rsa_bits_max ? refusal::key_not_allowed : refusal::none;
    }
    default:
      return refusal::key_not_allowed;
  }
}

std::string words_of(const EVP_PKEY& key) {
  const int bits = EVP_PKEY_get_bits(&key);
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_EC:
      switch (curve_of(key)) {
        case NID_X9_62_prime256v1:
          return "P-256";
        case NID_secp384r1:
          return "P-384";
        default:
          return "EC " + std::to_string(bits);
      }
    case EVP_PKEY_ED25519:
      return "Ed25519";
    case EVP_PKEY_RSA:
      return "RSA " + std::to_string(bits);
    default: {
      const char* name = EVP_PKEY_get0_type_name(&key);
      return name != nullptr ? std::string(name) : "unknown";
    }
  }
}

}  // namespace mw::x509
