// denylist_sign: signatures of lists: ECDSA and RSA-PSS with SHA-256, or Ed25519, as the key is.
// SPDX-License-Identifier: Apache-2.0
#include "common/x509/facts.h"
#include "common/x509/keys.h"
#include "common/x509/pem.h"
#include "denylist.h"

#include <openssl/err.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <utility>

namespace mw::denylist {
namespace {

using digest_context = std::unique_ptr<EVP_MD_CTX, x509::freed_by<EVP_MD_CTX_free>>;

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

const EVP_MD* digest_for(const EVP_PKEY& key) {
  return EVP_PKEY_get_base_id(&key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

bool set_padding(EVP_PKEY_CTX* context, const EVP_PKEY& key) {
  if (EVP_PKEY_get_base_id(&key) != EVP_PKEY_RSA) return true;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool is_signed_by(const list& one, EVP_PKEY& key) {
  const std::string text = signed_part(one);
  const digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;  // belongs to context
  const bool fine =
      EVP_DigestVerifyInit(context.get(), &padding, digest_for(key), nullptr, &key) == 1 &&
      set_padding(padding, key) &&
      EVP_DigestVerify(context.get(), bytes_of(one.signature), one.signature.size(), bytes_of(text),
                       text.size()) == 1;
  ERR_clear_error();
  return fine;
}

std::string fingerprint_of(const EVP_PKEY& key) {
  unsigned char* spki = nullptr;
  const int size = i2d_PUBKEY(&key, &spki);
  if (size <= 0) return {};
  std::string digest(32, '\0');
  EVP_Digest(spki, static_cast<std::size_t>(size), reinterpret_cast<unsigned char*>(digest.data()),
             nullptr, EVP_sha256(), nullptr);
  OPENSSL_free(spki);
  return x509::hex_of(as_bytes(digest));
}

x509::key_ptr public_key_of(const x509::pem_block& block) {
  if (block.label == "PUBLIC KEY") {
    const unsigned char* at = bytes_of(block.der);
    x509::key_ptr key(d2i_PUBKEY(nullptr, &at, static_cast<long>(block.der.size())));
    return at == bytes_of(block.der) + block.der.size() ? std::move(key) : nullptr;
  }
  const x509::certificate_ptr certificate = x509::certificate_from(block.der);
  return x509::key_ptr(certificate != nullptr ? X509_get_pubkey(certificate.get()) : nullptr);
}

}  // namespace

struct signers::keys {
  struct one {
    std::string fingerprint;
    x509::key_ptr key;
  };
  std::vector<one> all;
};

signers::signers() : keys_(std::make_unique<keys>()) {}
signers::~signers() = default;
signers::signers(signers&&) noexcept = default;
signers& signers::operator=(signers&&) noexcept = default;

std::size_t signers::size() const {
  return keys_->all.size();
}

status signers::add(std::string_view pem) {
  x509::prepare_openssl();
  const auto blocks = x509::read_blocks(pem);
  if (!blocks.ok()) return {errc::invalid, to_string(blocks.wrong)};
  std::vector<keys::one> found;
  for (const x509::pem_block& block : blocks.value) {
    if (block.label != "PUBLIC KEY" && block.label != "CERTIFICATE") continue;
    x509::key_ptr key = public_key_of(block);
    ERR_clear_error();
    if (key == nullptr || x509::judge_key(*key) != x509::refusal::none)
      return {
          errc::invalid,
          "a " + block.label +
              " that cannot sign deny lists: it is damaged, or its key is neither P-256, P-384, "
              "Ed25519 nor RSA with 2048 to 4096 bits"};
    found.push_back({fingerprint_of(*key), std::move(key)});
  }
  if (found.empty())
    return {errc::invalid, "no CERTIFICATE and no PUBLIC KEY whose key could sign deny lists"};
  std::move(found.begin(), found.end(), std::back_inserter(keys_->all));
  return {};
}

status signers::verify(const list& one) const {
  const auto by = std::find_if(keys_->all.begin(), keys_->all.end(),
                               [&one](const keys::one& k) { return k.fingerprint == one.signer; });
  if (by == keys_->all.end())
    return {errc::denied, "the deny list is signed by key " + one.signer.substr(0, 16) +
                              "..., which may not sign lists here"};
  if (!is_signed_by(one, *by->key))
    return {errc::denied, "the signature of the deny list does not verify: fetch it again"};
  return {};
}

status sign(list& one, std::string_view key_pem) {
  auto key = x509::read_key(key_pem);
  if (!key.ok()) return {errc::invalid, to_string(key.wrong)};
  if (const auto why = x509::judge_key(*key.value); why != x509::refusal::none)
    return {errc::invalid, to_string(x509::problem{why, "the signer's key", {}})};
  one.signer = fingerprint_of(*key.value);
  const std::string text = signed_part(one);
  const digest_context context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;  // belongs to context
  std::size_t size = 0;
  bool fine = EVP_DigestSignInit(context.get(), &padding, digest_for(*key.value), nullptr,
                                 key.value.get()) == 1 &&
              set_padding(padding, *key.value) &&
              EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1;
  one.signature.assign(size, '\0');
  fine =
      fine && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(one.signature.data()),
                             &size, bytes_of(text), text.size()) == 1;
  if (!fine) return {errc::internal, "signing the deny list: " + x509::openssl_reason("it failed")};
  one.signature.resize(size);  // ECDSA's may be shorter than was said
  return {};
}

}  // namespace mw::denylist
