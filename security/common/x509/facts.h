// facts: what a certificate says, as values for pages, tools and events.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.h"

#include <string>
#include <vector>

namespace mw::x509 {

constexpr std::size_t name_bytes_max = 256;  // of a subject or issuer; longer ones are cut

struct facts {
  std::string subject;  // RFC 2253, escaped: safe to print
  std::string issuer;
  std::string serial;              // lower-case hex
  std::vector<std::string> uris;   // as the certificate has them: any bytes
  std::vector<std::string> names;  // DNS names and addresses, escaped
  wall_time not_before;
  wall_time not_after;
  std::string key;          // "P-256"
  std::string fingerprint;  // SHA-256 of the public key (SPKI), lower-case hex
  bool authority = false;
};

[[nodiscard]] facts facts_of(const X509& certificate);
[[nodiscard]] std::string serial_of(const X509& certificate);
[[nodiscard]] std::string serial_of(const ASN1_INTEGER& number);
[[nodiscard]] std::string fingerprint_of(const X509& certificate);
[[nodiscard]] std::vector<std::string> uris_of(const X509& certificate);
[[nodiscard]] std::string words_of(const X509_NAME& name);
[[nodiscard]] bool is_authority(const X509& certificate);  // CA:true
[[nodiscard]] std::string hex_of(bytes_view bytes);
// Printable ASCII as it is, other bytes as \xNN, cut at `bytes_max` with "...".
[[nodiscard]] std::string escaped(std::string_view text, std::size_t bytes_max);

}  // namespace mw::x509
