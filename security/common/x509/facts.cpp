// facts: read from the certificate by libcrypto; every text is bounded.
// SPDX-License-Identifier: Apache-2.0
#include "facts.h"

#include "keys.h"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace mw::x509 {
namespace {

using names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;

names_ptr alternative_names(const X509& certificate) {
  int found = 0;
  names_ptr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, &found)));
  ERR_clear_error();
  return names;
}

std::string text_of(const ASN1_STRING* text) {
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(text));
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)), size};
}

std::string address_of(const std::string& bytes) {
  std::string text;
  if (bytes.size() == 4) {
    for (const char byte : bytes)
      text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(byte));
    return text;
  }
  return "address " + hex_of(as_bytes(bytes));
}

}  // namespace

std::string hex_of(bytes_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += digits[std::to_integer<unsigned>(byte) >> 4U];
    text += digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

std::string escaped(std::string_view text, std::size_t bytes_max) {
  std::string out;
  for (const char letter : text.substr(0, bytes_max)) {
    if (letter >= 0x20 && letter < 0x7f && letter != '\\')
      out += letter;
    else
      out += "\\x" + hex_of(as_bytes({&letter, 1}));
  }
  if (text.size() > bytes_max) out += "...";
  return out;
}

std::string serial_of(const ASN1_INTEGER& number) {
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(&number));
  const auto* data = reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(&number));
  const bool negative = ASN1_STRING_type(&number) == V_ASN1_NEG_INTEGER;
  constexpr std::size_t shown_max = 64;
  return (negative ? "-" : "") + hex_of({data, std::min(size, shown_max)});
}

std::string serial_of(const X509& certificate) {
  return serial_of(*X509_get0_serialNumber(&certificate));
}

std::string fingerprint_of(const X509& certificate) {
  unsigned char* spki = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &spki);
  if (size <= 0) return {};
  std::array<unsigned char, 32> digest{};
  unsigned int written = 0;
  const int fine = EVP_Digest(spki, static_cast<std::size_t>(size), digest.data(), &written,
                              EVP_sha256(), nullptr);
  OPENSSL_free(spki);
  return fine == 1 ? hex_of(std::as_bytes(std::span(digest))) : std::string();
}

std::vector<std::string> uris_of(const X509& certificate) {
  std::vector<std::string> uris;
  const names_ptr names = alternative_names(certificate);
  for (int at = 0; at < sk_GENERAL_NAME_num(names.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), at);
    if (name->type == GEN_URI) uris.push_back(text_of(name->d.uniformResourceIdentifier));
  }
  return uris;
}

std::string words_of(const X509_NAME& name) {
  const bio_ptr out(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(out.get(), &name, 0, XN_FLAG_RFC2253);
  return escaped(content_of(out.get()), name_bytes_max);
}

bool is_authority(const X509& certificate) {
  int critical = 0;
  using constraints_ptr = std::unique_ptr<BASIC_CONSTRAINTS, freed_by<BASIC_CONSTRAINTS_free>>;
  const constraints_ptr found(static_cast<BASIC_CONSTRAINTS*>(
      X509_get_ext_d2i(&certificate, NID_basic_constraints, &critical, nullptr)));
  ERR_clear_error();
  return found != nullptr && found->ca != 0;
}

facts facts_of(const X509& certificate) {
  facts out;
  out.subject = words_of(*X509_get_subject_name(&certificate));
  out.issuer = words_of(*X509_get_issuer_name(&certificate));
  out.serial = serial_of(certificate);
  out.not_before = time_of(X509_get0_notBefore(&certificate));
  out.not_after = time_of(X509_get0_notAfter(&certificate));
  out.fingerprint = fingerprint_of(certificate);
  out.authority = is_authority(certificate);
  if (const EVP_PKEY* key = X509_get0_pubkey(&certificate))
    out.key = words_of(*key);
  else
    out.key = "unknown";
  ERR_clear_error();
  const names_ptr names = alternative_names(certificate);
  for (int at = 0; at < sk_GENERAL_NAME_num(names.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), at);
    if (name->type == GEN_URI) out.uris.push_back(text_of(name->d.uniformResourceIdentifier));
    if (name->type == GEN_DNS)
      out.names.push_back(escaped(text_of(name->d.dNSName), name_bytes_max));
    if (name->type == GEN_IPADD) out.names.push_back(address_of(text_of(name->d.iPAddress)));
  }
  return out;
}

}  // namespace mw::x509
