// recipe: everything about a certificate or revocation list to be made, right or wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::x509 {

enum class name_kind : std::uint8_t { uri, dns, ip };

struct alternative_name {
  name_kind kind = name_kind::uri;
  std::string value;  // any bytes; an address as text ("127.0.0.1")
};

enum class authority_flag : std::uint8_t { absent, no, yes };  // basicConstraints
enum class digest_kind : std::uint8_t { sha256, sha384, sha1 };

// Bits of keyUsage.
enum usage : unsigned {
  digital_signature = 1U << 0U,
  key_encipherment = 1U << 2U,
  key_agreement = 1U << 4U,
  key_cert_sign = 1U << 5U,
  crl_sign = 1U << 6U,
};

struct raw_extension {
  std::string oid;  // "1.3.6.1.4.1.99999.1"
  std::string der;  // the value, any bytes
  bool critical = false;
};

// The defaults are a good leaf for both sides of a connection, except for its name.
struct certificate_recipe {
  std::string subject = "node";  // the common name; empty: an empty subject
  std::string serial;            // big-endian bytes; empty: from libcrypto's randomness, 16 bytes
  bool negative_serial = false;
  int version = 3;
  wall_time not_before;
  wall_time not_after;
  std::vector<alternative_name> names;
  authority_flag authority = authority_flag::no;
  int path_length = -1;                 // of an authority; negative: no limit
  unsigned usages = digital_signature;  // 0: no keyUsage
  std::vector<std::string> extended_usages = {"clientAuth", "serverAuth"};  // empty: none
  std::vector<alternative_name> permitted;                                  // name constraints
  std::vector<alternative_name> excluded;
  bool key_identifiers = true;
  digest_kind digest = digest_kind::sha256;  // Ed25519 and Ed448 bring their own
  std::vector<raw_extension> more;

  // What all authorities have in common.
  static certificate_recipe authority_named(std::string subject, wall_time from, wall_time until);
  // A node: subject is the last segment of the URI.
  static certificate_recipe node(std::string uri, wall_time from, wall_time until);
};

struct crl_recipe {
  std::vector<std::string> serials;  // big-endian bytes of what is revoked
  std::uint64_t number = 1;          // grows with each list of an issuer
  wall_time this_update;
  wall_time next_update;
  wall_time revoked_at;
  digest_kind digest = digest_kind::sha256;
  std::vector<raw_extension> more;
};

}  // namespace mw::x509
