// pem: texts to certificates, keys and revocation lists and back; strict and bounded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.h"
#include "refusals.h"

#include <string>
#include <string_view>
#include <vector>

namespace mw::x509 {

constexpr std::size_t file_bytes_max = std::size_t{1} << 20;
constexpr std::size_t blocks_max = 1000;  // of one text

struct pem_block {
  std::string label;  // "CERTIFICATE"
  std::string der;
  bool encrypted = false;  // in the old way, by a header; then `der` is empty
};

// All blocks of a text. Words between blocks are fine; a line with dashes that begins or ends no
// block, a block without its end, and a byte that is no base64 are not: half a file is noticed.
[[nodiscard]] judged<std::vector<pem_block>> read_blocks(std::string_view text);
[[nodiscard]] std::string write_block(std::string_view label, std::string_view der);

// The CERTIFICATE blocks; others are passed over. No certificate at all is `otherwise`.
[[nodiscard]] judged<certificates> read_certificates(std::string_view text, refusal otherwise);
[[nodiscard]] judged<crls> read_crls(std::string_view text);
// The one private key. Never asks for a password: an encrypted key is a finding.
[[nodiscard]] judged<key_ptr> read_key(std::string_view text);

[[nodiscard]] certificate_ptr certificate_from(std::string_view der);  // null when it is none
[[nodiscard]] std::string der_of(const X509& certificate);
[[nodiscard]] std::string pem_of(const X509& certificate);
[[nodiscard]] std::string pem_of(const X509_CRL& list);
[[nodiscard]] std::string pem_of_private(const EVP_PKEY& key);  // PKCS #8

}  // namespace mw::x509
