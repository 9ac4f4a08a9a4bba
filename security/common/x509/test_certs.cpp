// test_certs: the authorities, and the good certificates.
// SPDX-License-Identifier: Apache-2.0
#include "test_certs.h"

#include <mw/assert.h>

#include <utility>

namespace mw::x509 {

std::string made(result<std::string> outcome) {
  return std::move(outcome).value();
}

test_pki::test_pki(wall_time at)
    : now(at), from{at.since_epoch - 24h}, until{at.since_epoch + 24h} {
  key = made(make_key_text(key_kind::p256));
  auto authority = certificate_recipe::authority_named("mesh root", from, until);
  authority.serial = "\x01";
  root.key = made(make_key_text(key_kind::p256));
  root.certificate = made(make_self_signed(authority, root.key));
  stranger.key = made(make_key_text(key_kind::p256));
  stranger.certificate = made(make_self_signed(authority, stranger.key));
  auto below = certificate_recipe::authority_named("mesh issuer", from, until);
  below.serial = "\x02";
  below.path_length = 0;
  intermediate.key = made(make_key_text(key_kind::p256));
  intermediate.certificate =
      made(make_certificate(below, intermediate.key, {root.certificate, root.key}));
}

certificate_recipe test_pki::leaf(const std::string& uri) const {
  return certificate_recipe::node(uri, from, until);
}

good_certificate test_pki::issue(const certificate_recipe& recipe) const {
  const issuer_text by{intermediate.certificate, intermediate.key};
  return {recipe.subject, made(make_certificate(recipe, key, by)) + intermediate.certificate, key};
}

good_certificate test_pki::node(const std::string& name) const {
  return issue(leaf("spiffe://mesh.test/node/" + name));
}

good_certificate test_pki::node(const std::string& name, key_kind kind) const {
  const std::string own = made(make_key_text(kind));
  const issuer_text by{intermediate.certificate, intermediate.key};
  const std::string text = made(make_certificate(leaf("spiffe://mesh.test/node/" + name), own, by));
  return {name, text + intermediate.certificate, own};
}

std::vector<good_certificate> test_pki::all_good() const {
  std::vector<good_certificate> all;
  const auto add = [&all](std::string name, good_certificate one) {
    one.name = std::move(name);
    all.push_back(std::move(one));
  };
  add("P-256", node("n1", key_kind::p256));
  add("P-384", node("n1", key_kind::p384));
  add("Ed25519", node("n1", key_kind::ed25519));
  add("RSA 2048", node("n1", key_kind::rsa));
  auto more = leaf("spiffe://mesh.test/node/n1");
  more.names.push_back({name_kind::dns, "n1.mesh.test"});
  more.names.push_back({name_kind::ip, "127.0.0.1"});
  add("with DNS and IP names", issue(more));
  auto long_name = leaf("spiffe://mesh.test/node/" + std::string(128, 'n'));
  add("a node name of 128 bytes", issue(long_name));
  auto digest = leaf("spiffe://mesh.test/node/n1");
  digest.digest = digest_kind::sha384;
  add("SHA-384", issue(digest));
  const issuer_text by{root.certificate, root.key};
  add("issued by the root",
      {"", made(make_certificate(leaf("spiffe://mesh.test/node/n1"), key, by)), key});
  return all;
}

std::string test_pki::lists(std::vector<std::string> serials) const {
  crl_recipe list{.this_update = from, .next_update = until, .revoked_at = from};
  const std::string of_root = made(make_crl(list, {root.certificate, root.key}));
  list.serials = std::move(serials);
  return made(make_crl(list, {intermediate.certificate, intermediate.key})) + of_root;
}

std::vector<bad_certificate> test_pki::all_bad() const {
  std::vector<bad_certificate> all;
  detail::add_bad_chains(*this, all);
  detail::add_bad_lists(*this, all);
  detail::add_bad_leaves(*this, all);
  detail::add_bad_names(*this, all);
  return all;
}

std::string leaf_der(std::string_view pem) {
  const auto all = read_certificates(pem, refusal::no_certificate);
  MW_ASSERT(all.ok(), "test certificates are PEM");
  return der_of(*all.value.front());
}

}  // namespace mw::x509
