// settings: the options of the stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <array>
#include <vector>

namespace mw::tls {

enum class version_choice : std::uint8_t { tls13, tls12 };
constexpr std::array<std::string_view, 2> option_names(version_choice) {
  return {"1.3", "1.2"};
}
enum class cipher : std::uint8_t { aes_128_gcm, aes_256_gcm, chacha20_poly1305 };
constexpr std::array<std::string_view, 3> option_names(cipher) {
  return {"aes-128-gcm", "aes-256-gcm", "chacha20-poly1305"};
}
enum class group : std::uint8_t { x25519, p256, p384 };
constexpr std::array<std::string_view, 3> option_names(group) {
  return {"x25519", "p-256", "p-384"};
}

// What is spoken inside: the protocol of the mesh, or HTTP to people, browsers and scrapers.
enum class inner_protocol : std::uint8_t { mesh, http };
constexpr std::array<std::string_view, 2> option_names(inner_protocol) {
  return {"mesh", "http"};
}
enum class client_proof : std::uint8_t { required, optional, none };
constexpr std::array<std::string_view, 3> option_names(client_proof) {
  return {"required", "optional", "none"};
}

struct settings {
  inner_protocol protocol = inner_protocol::mesh;
  client_proof client_certificates = client_proof::required;
  version_choice min_version = version_choice::tls13;
  std::vector<cipher> ciphers{cipher::aes_128_gcm, cipher::aes_256_gcm, cipher::chacha20_poly1305};
  std::vector<group> groups{group::x25519, group::p256, group::p384};
  bool resumption = false;

  duration handshake_deadline = 5s;
  std::uint32_t handshakes = 256;
  std::uint32_t handshake_steps = 1;
  rate key_updates{16.0 / 60};
  duration recheck_within = 5s;
  duration last_words = 1s;

  void fields(field_visitor& v);
};

}  // namespace mw::tls
