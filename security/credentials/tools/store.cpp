// store: names of files, and what is made with the authority in it.
// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include "common/x509/pem.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mw::creds {
namespace {

constexpr std::size_t node_bytes_max = 128;
constexpr std::size_t domain_bytes_max = 255;
// A clock that is a little behind must not refuse what was made just now.
constexpr duration begins_before = 1h;

bool all_of(std::string_view text, bool (*fine)(char)) {
  return std::all_of(text.begin(), text.end(), fine);
}
bool is_domain_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
}
bool is_node_letter(char c) {
  return is_domain_letter(c) || (c >= 'A' && c <= 'Z');
}

}  // namespace

status check_domain(const std::string& domain) {
  if (domain.empty() || domain.size() > domain_bytes_max || !all_of(domain, &is_domain_letter))
    return {errc::invalid,
            "--domain takes a trust domain such as mesh.example: a-z, 0-9, '.', '-' "
            "and '_', at most 255 bytes"};
  return {};
}

status check_node(const std::string& node) {
  if (node.empty() || node.size() > node_bytes_max || !all_of(node, &is_node_letter) ||
      node == "." || node == "..")
    return {errc::invalid,
            "--node takes node ids: letters, digits, '.', '-' and '_', at most 128 bytes"};
  if (node == "ca" || node == "crl" || node == "issuer" || node == "ca.next")
    return {errc::invalid, "a node cannot be called " + node + ": the authority's files are"};
  return {};
}

result<x509::key_kind> key_kind_of(const std::string& word) {
  using x509::key_kind;
  if (word == "p256") return key_kind::p256;
  if (word == "p384") return key_kind::p384;
  if (word == "ed25519") return key_kind::ed25519;
  if (word == "rsa") return key_kind::rsa;
  return {errc::invalid, "--key takes p256, p384, ed25519 or rsa, not '" + word + "'"};
}

std::string store::path(std::string_view name) const {
  return folder_ + "/" + std::string(name);
}

bool store::has(std::string_view name) {
  const auto found = io_.read(path(name));
  return found || found.error().kind() != errc::not_found;
}

result<std::string> store::read(std::string_view name) {
  return io_.read(path(name));
}

status store::write(std::string_view name, std::string_view text, bool replace) {
  return io_.write(path(name), text, file_access::everybody, replace);
}

status store::write_key(std::string_view name, std::string_view text, bool replace) {
  return io_.write(path(name), text, file_access::owner, replace);
}

result<x509::pair_text> store::authority() {
  x509::pair_text found;
  MW_TRY(found.key, read("ca.key"));
  auto issuer = read("issuer.pem");
  if (!issuer) issuer = read("ca.pem");
  MW_TRY(found.certificate, std::move(issuer));
  const auto all = read_certificates(found.certificate, x509::refusal::no_trust);
  const auto key = x509::read_key(found.key);
  if (!all.ok()) return failure{errc::internal, to_string(all.wrong)}.in(path("ca.pem"));
  if (!key.ok()) return failure{errc::internal, to_string(key.wrong)}.in(path("ca.key"));
  for (const x509::certificate_ptr& one : all.value) {
    if (X509_check_private_key(one.get(), key.value.get()) != 1) continue;
    found.certificate = x509::pem_of(*one);
    x509::openssl_reason({});
    return found;
  }
  x509::openssl_reason({});
  return {errc::internal, path("ca.key") + " belongs to no certificate of " + path("ca.pem") +
                              ": bring back the pair, or start in an empty folder"};
}

std::string store::drawn_serial() {
  std::array<std::byte, 16> bytes{};
  io_.secure_bytes(bytes);
  bytes[0] = (bytes[0] & std::byte{0x3f}) | std::byte{0x40};  // positive, and always 16 bytes
  return std::string(as_text(bytes));
}

result<x509::pair_text> store::new_authority(const std::string& name, duration life) {
  const wall_time from{io_.now().since_epoch - begins_before};
  auto recipe = x509::certificate_recipe::authority_named(name, from,
                                                          wall_time{io_.now().since_epoch + life});
  recipe.serial = drawn_serial();
  recipe.path_length = 0;
  x509::pair_text pair;
  MW_TRY(pair.key, x509::make_key_text(x509::key_kind::p256));
  MW_TRY(pair.certificate, make_self_signed(recipe, pair.key));
  return pair;
}

result<x509::pair_text> store::new_leaf(const leaf_wish& wish, const x509::pair_text& issuer) {
  const wall_time from{io_.now().since_epoch - begins_before};
  auto recipe = x509::certificate_recipe::node("spiffe://" + wish.domain + "/node/" + wish.node,
                                               from, wall_time{io_.now().since_epoch + wish.life});
  recipe.serial = drawn_serial();
  for (const std::string& name : wish.dns) recipe.names.push_back({x509::name_kind::dns, name});
  for (const std::string& one : wish.addresses) recipe.names.push_back({x509::name_kind::ip, one});
  x509::pair_text pair;
  MW_TRY(pair.key, x509::make_key_text(wish.kind));
  MW_TRY(pair.certificate, make_certificate(recipe, pair.key, {issuer.certificate, issuer.key}));
  return pair;
}

}  // namespace mw::creds
