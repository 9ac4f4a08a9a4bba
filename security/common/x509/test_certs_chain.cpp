// test_certs_chain: good leaves at the end of bad chains, weak keys, revocation.
// SPDX-License-Identifier: Apache-2.0
#include "pem.h"
#include "test_certs.h"

#include <utility>

namespace mw::x509::detail {
namespace {

using enum refusal;

constexpr std::string_view own_arc = "1.3.6.1.4.1.99999.1";  // of nobody

// One case: change what is wrong, then take().
class chain_case {
 public:
  chain_case(const test_pki& pki, std::string name, refusal why)
      : pki_(pki),
        leaf(pki.leaf("spiffe://mesh.test/node/n1")),
        middle(certificate_recipe::authority_named("mesh issuer 2", pki.from, pki.until)),
        key(pki.key) {
    out_.name = std::move(name);
    out_.chain = why;
    middle.path_length = 0;
  }

  // Leaf under the good intermediate.
  bad_certificate take() {
    const issuer_text by{pki_.intermediate.certificate, pki_.intermediate.key};
    return finish(made(make_certificate(leaf, key, by)) + pki_.intermediate.certificate);
  }

  // Leaf under `middle`, which the root issued.
  bad_certificate take_with_middle() {
    const issuer_text root{pki_.root.certificate, pki_.root.key};
    const std::string issuer = made(make_certificate(middle, pki_.intermediate.key, root));
    const issuer_text by{issuer, pki_.intermediate.key};
    return finish(made(make_certificate(leaf, key, by)) + issuer);
  }

  bad_certificate finish(std::string certificates) {
    out_.certificates = std::move(certificates);
    out_.key = key;
    return out_;
  }

  bad_certificate& out() { return out_; }

 private:
  const test_pki& pki_;
  bad_certificate out_;

 public:
  certificate_recipe leaf;
  certificate_recipe middle;
  std::string key;
};

void add_strangers(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case other(pki, "an authority of the same name", unknown_authority);
  const issuer_text stranger{pki.stranger.certificate, pki.stranger.key};
  out.push_back(other.finish(made(make_certificate(other.leaf, other.key, stranger))));

  chain_case foreign(pki, "an authority nobody knows", unknown_authority);
  const std::string foreign_key = made(make_key_text(key_kind::p256));
  const std::string foreign_root = made(make_self_signed(
      certificate_recipe::authority_named("nobody", pki.from, pki.until), foreign_key));
  const issuer_text by{foreign_root, foreign_key};
  out.push_back(
      foreign.finish(made(make_certificate(foreign.leaf, foreign.key, by)) + foreign_root));

  chain_case missing(pki, "its intermediate is not shown", unknown_authority);
  const issuer_text between{pki.intermediate.certificate, pki.intermediate.key};
  out.push_back(missing.finish(made(make_certificate(missing.leaf, missing.key, between))));

  chain_case alone(pki, "self-signed", self_signed);
  out.push_back(alone.finish(made(make_self_signed(alone.leaf, alone.key))));
}

void add_times(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case old(pki, "expired", expired);
  old.leaf.not_after = {pki.now.since_epoch - 1h};
  out.push_back(old.take());
  chain_case early(pki, "not yet valid", not_yet_valid);
  early.leaf.not_before = {pki.now.since_epoch + 1h};
  out.push_back(early.take());
  chain_case middle(pki, "its intermediate has expired", expired);
  middle.middle.not_after = {pki.now.since_epoch - 1h};
  out.push_back(middle.take_with_middle());
  chain_case young(pki, "its intermediate is not yet valid", not_yet_valid);
  young.middle.not_before = {pki.now.since_epoch + 1h};
  out.push_back(young.take_with_middle());
}

// The last byte of a certificate is the last of its signature.
std::string with_flipped_signature(const std::string& pem) {
  std::string der = leaf_der(pem);
  der.back() = static_cast<char>(der.back() ^ 1);
  return write_block("CERTIFICATE", der);
}

void add_issuers(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case flipped(pki, "a flipped signature", bad_signature);
  const std::string good = flipped.take().certificates;
  out.push_back(flipped.finish(with_flipped_signature(good) + pki.intermediate.certificate));

  chain_case no_ca(pki, "issued by a leaf", issuer_not_authority);
  no_ca.middle.authority = authority_flag::no;
  no_ca.middle.usages = digital_signature;
  out.push_back(no_ca.take_with_middle());
  chain_case no_constraints(pki, "an issuer without basicConstraints", issuer_not_authority);
  no_constraints.middle.authority = authority_flag::absent;
  no_constraints.middle.usages = digital_signature;
  out.push_back(no_constraints.take_with_middle());
  chain_case no_sign(pki, "an issuer without keyCertSign", issuer_not_authority);
  no_sign.middle.usages = crl_sign;
  out.push_back(no_sign.take_with_middle());
  chain_case no_usage(pki, "an issuer without keyUsage", issuer_may_not_sign);
  no_usage.middle.usages = 0;
  no_usage.middle.path_length = -1;  // which would ask for keyCertSign
  out.push_back(no_usage.take_with_middle());

  chain_case limited(pki, "an issuer that allows no intermediate", path_too_long);
  const issuer_text by{pki.intermediate.certificate, pki.intermediate.key};
  const std::string key = made(make_key_text(key_kind::p256));
  const std::string below = made(make_certificate(limited.middle, key, by));
  const issuer_text next{below, key};
  out.push_back(limited.finish(made(make_certificate(limited.leaf, limited.key, next)) + below +
                               pki.intermediate.certificate));
}

void add_deep(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case deep(pki, "four intermediates", chain_too_deep);
  std::string shown;
  pair_text issuer = pki.root;
  for (int depth = 1; depth <= static_cast<int>(intermediates_max) + 1; ++depth) {
    const auto recipe =
        certificate_recipe::authority_named("level " + std::to_string(depth), pki.from, pki.until);
    const std::string key = made(make_key_text(key_kind::p256));
    issuer = {made(make_certificate(recipe, key, {issuer.certificate, issuer.key})), key};
    shown.insert(0, issuer.certificate);
  }
  const issuer_text by{issuer.certificate, issuer.key};
  out.push_back(deep.finish(made(make_certificate(deep.leaf, deep.key, by)) + shown));

  chain_case large(pki, "40 KiB of certificates", chain_too_large);
  const std::string leaf = large.take().certificates;
  auto filler = certificate_recipe::authority_named("filler", pki.from, pki.until);
  filler.more.push_back({std::string(own_arc), std::string(40'000, 'x'), false});
  out.push_back(large.finish(leaf + made(make_self_signed(filler, large.key))));
}

void add_purposes(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case server(pki, "a client with serverAuth alone", wrong_purpose);
  server.leaf.extended_usages = {"serverAuth"};
  server.out().side = purpose::client;
  server.out().leaf = leaf_wrong_usage;
  out.push_back(server.take());
  chain_case client(pki, "a server with clientAuth alone", wrong_purpose);
  client.leaf.extended_usages = {"clientAuth"};
  client.out().side = purpose::server;
  client.out().leaf = leaf_wrong_usage;
  out.push_back(client.take());
  chain_case code(pki, "codeSigning alone", wrong_purpose);
  code.leaf.extended_usages = {"codeSigning"};
  code.out().leaf = leaf_wrong_usage;
  out.push_back(code.take());
  chain_case signs(pki, "keyCertSign without CA:true", profile_broken);
  signs.leaf.usages |= key_cert_sign;
  signs.out().leaf = leaf_signs_certificates;
  out.push_back(signs.take());
}

void add_extensions(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case permitted(pki, "a name its authority may not give", name_not_permitted);
  permitted.middle.permitted = {{name_kind::uri, "other.test"}};
  out.push_back(permitted.take_with_middle());
  chain_case excluded(pki, "a name its authority must not give", name_not_permitted);
  excluded.middle.excluded = {{name_kind::uri, "mesh.test"}};
  out.push_back(excluded.take_with_middle());
  const raw_extension unknown{std::string(own_arc), std::string("\x05\x00", 2), true};
  chain_case critical(pki, "an unknown critical extension", critical_extension);
  critical.leaf.more.push_back(unknown);
  out.push_back(critical.take());
  chain_case above(pki, "an unknown critical extension of the intermediate", critical_extension);
  above.middle.more.push_back(unknown);
  out.push_back(above.take_with_middle());
  chain_case anonymous(pki, "no key identifiers", profile_broken);
  anonymous.leaf.key_identifiers = false;
  out.push_back(anonymous.take());
}

void add_weak(const test_pki& pki, std::vector<bad_certificate>& out) {
  chain_case sha1(pki, "SHA-1", weak_signature);
  sha1.leaf.digest = digest_kind::sha1;
  out.push_back(sha1.take());
  chain_case above(pki, "an intermediate signed with SHA-1", weak_signature);
  above.middle.digest = digest_kind::sha1;
  out.push_back(above.take_with_middle());
  const auto keyed = [&](std::string name, std::string key, refusal why) {
    chain_case one(pki, std::move(name), why);
    one.key = std::move(key);
    one.out().leaf = leaf_key;
    out.push_back(one.take());
  };
  keyed("RSA 1024", made(make_key_text(key_kind::rsa, 1024)), key_too_small);
  keyed("RSA 16384", std::string(rsa_16384_key()), key_not_allowed);
  keyed("P-521", made(make_key_text(key_kind::p521)), key_not_allowed);
  keyed("secp256k1", made(make_key_text(key_kind::secp256k1)), key_not_allowed);
  keyed("Ed448", made(make_key_text(key_kind::ed448)), key_not_allowed);

  chain_case issuer(pki, "an intermediate with RSA 1024", key_too_small);
  const std::string small = made(make_key_text(key_kind::rsa, 1024));
  const issuer_text root{pki.root.certificate, pki.root.key};
  const std::string middle = made(make_certificate(issuer.middle, small, root));
  const issuer_text by{middle, small};
  out.push_back(issuer.finish(made(make_certificate(issuer.leaf, issuer.key, by)) + middle));
}

}  // namespace

void add_bad_chains(const test_pki& pki, std::vector<bad_certificate>& out) {
  add_strangers(pki, out);
  add_times(pki, out);
  add_issuers(pki, out);
  add_deep(pki, out);
  add_purposes(pki, out);
  add_extensions(pki, out);
  add_weak(pki, out);
  chain_case cut(pki, "a certificate that is cut off", malformed);
  const std::string der = leaf_der(cut.take().certificates);
  cut.out().leaf = leaf_malformed;
  cut.out().sendable = false;
  out.push_back(cut.finish(write_block("CERTIFICATE", der.substr(0, der.size() - 10))));
}

void add_bad_lists(const test_pki& pki, std::vector<bad_certificate>& out) {
  const issuer_text root{pki.root.certificate, pki.root.key};
  const issuer_text issuer{pki.intermediate.certificate, pki.intermediate.key};
  const crl_recipe fine{.this_update = pki.from, .next_update = pki.until, .revoked_at = pki.from};
  const std::string of_root = made(make_crl(fine, root));
  const auto listed = [&](std::string name, refusal why, std::string lists) {
    chain_case one(pki, std::move(name), why);
    one.leaf.serial = "\x11\x22";
    one.out().crl = std::move(lists);
    out.push_back(one.take());
  };
  listed("revoked", revoked, pki.lists({"\x11\x22"}));
  crl_recipe of_middle = fine;
  of_middle.serials = {"\x02"};
  listed("its intermediate is revoked", revoked,
         made(make_crl(fine, issuer)) + made(make_crl(of_middle, root)));
  listed("no list of its issuer", crl_missing, of_root);
  crl_recipe future = fine;
  future.this_update = {pki.now.since_epoch + 1h};
  listed("a list of the future", crl_not_yet_valid, made(make_crl(future, issuer)) + of_root);
  crl_recipe old = fine;
  old.next_update = {pki.now.since_epoch - 1h};
  listed("a list that is out of date", crl_expired, made(make_crl(old, issuer)) + of_root);
  const issuer_text wrong{pki.intermediate.certificate, pki.root.key};
  listed("a list signed by another", crl_bad_signature, made(make_crl(fine, wrong)) + of_root);
  crl_recipe critical = fine;
  critical.more.push_back({std::string(own_arc), std::string("\x05\x00", 2), true});
  listed("a list with an unknown critical extension", crl_unusable,
         made(make_crl(critical, issuer)) + of_root);
}

}  // namespace mw::x509::detail
