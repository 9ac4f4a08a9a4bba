// test_certs_leaf: chains that are good, with leaves that no node may have.
// SPDX-License-Identifier: Apache-2.0
#include "test_certs.h"

#include <array>
#include <utility>

namespace mw::x509::detail {
namespace {

using enum refusal;

bad_certificate bad(const test_pki& pki, std::string name, const certificate_recipe& recipe,
                    refusal leaf) {
  good_certificate made = pki.issue(recipe);
  return {.name = std::move(name),
          .leaf = leaf,
          .certificates = std::move(made.certificates),
          .key = std::move(made.key)};
}

certificate_recipe good(const test_pki& pki) {
  return pki.leaf("spiffe://mesh.test/node/n1");
}

struct bad_uri {
  std::string_view name;
  std::string uri;
  refusal why;
};

std::vector<bad_uri> bad_uris() {
  using namespace std::string_literals;
  return {
      {"https scheme",
       "https:"
       "//mesh.test/node/n1",
       uri_scheme},
      {"scheme in capitals", "SPIFFE://mesh.test/node/n1", uri_scheme},
      {"urn", "urn:spiffe:mesh.test:node:n1", uri_scheme},
      {"one slash", "spiffe:/mesh.test/node/n1", uri_scheme},
      {"an empty URI", "", uri_scheme},
      {"no domain", "spiffe:///node/n1", uri_no_domain},
      {"upper-case domain", "spiffe://Mesh.test/node/n1", uri_domain_letters},
      {"a domain with a letter of its own", "spiffe://mesh!test/node/n1", uri_domain_letters},
      {"user information", "spiffe://root@mesh.test/node/n1", uri_user_info},
      {"a port", "spiffe://mesh.test:443/node/n1", uri_port},
      {"a query", "spiffe://mesh.test/node/n1?admin=1", uri_query},
      {"a fragment", "spiffe://mesh.test/node/n1#top", uri_fragment},
      {"percent-encoding", "spiffe://mesh.test/node/n%31", uri_percent},
      {"percent-encoded slash", "spiffe://mesh.test/node%2Fn1", uri_percent},
      {"percent-encoding in the domain", "spiffe://mesh%2etest/node/n1", uri_percent},
      {"no path", "spiffe://mesh.test", uri_no_path},
      {"a root path", "spiffe://mesh.test/", uri_trailing_slash},
      {"a trailing slash", "spiffe://mesh.test/node/n1/", uri_trailing_slash},
      {"an empty segment", "spiffe://mesh.test/node//n1", uri_empty_segment},
      {"a dot segment", "spiffe://mesh.test/./node/n1", uri_dot_segment},
      {"a double dot segment", "spiffe://mesh.test/node/x/../n1", uri_dot_segment},
      {"a space in the path", "spiffe://mesh.test/node/n 1", uri_path_letters},
      {"a tilde in the path", "spiffe://mesh.test/node/~n1", uri_path_letters},
      {"NUL in the name", "spiffe://mesh.test/node/n1\0.evil"s, uri_not_ascii},
      {"a line break in the name", "spiffe://mesh.test/node/n1\nx", uri_not_ascii},
      {"a letter beyond ASCII", "spiffe://mesh.test/node/n\xc3\xa9", uri_not_ascii},
      {"a huge name", "spiffe://mesh.test/node/" + std::string(2100, 'n'), uri_too_long},
      {"a huge domain", "spiffe://" + std::string(256, 'd') + "/node/n1", uri_domain_too_long},
      {"an IPv4 domain", "spiffe://127.0.0.1/node/n1", uri_address_domain},
      {"an IPv6 domain", "spiffe://[::1]/node/n1", uri_address_domain},
      {"a foreign domain", "spiffe://other.test/node/n1", domain_foreign},
      {"a domain that only begins like ours", "spiffe://mesh.test.evil/node/n1", domain_foreign},
      {"a service", "spiffe://mesh.test/service/n1", path_not_a_node},
      {"a path that goes on", "spiffe://mesh.test/node/n1/admin", path_not_a_node},
      {"a node name of 300 bytes", "spiffe://mesh.test/node/" + std::string(300, 'n'),
       node_name_bad},
  };
}

void add_bad_names_of(const test_pki& pki, std::vector<bad_certificate>& out) {
  auto none = good(pki);
  none.names.clear();
  out.push_back(bad(pki, "no names", none, leaf_no_uri));
  auto dns = good(pki);
  dns.names = {{name_kind::dns, "n1.mesh.test"}};
  out.push_back(bad(pki, "a DNS name alone", dns, leaf_no_uri));
  auto two = good(pki);
  two.names.push_back({name_kind::uri, "spiffe://mesh.test/node/n2"});
  out.push_back(bad(pki, "two URI names", two, leaf_many_uris));
  auto same = good(pki);
  same.names.push_back(same.names.front());
  out.push_back(bad(pki, "the same URI name twice", same, leaf_many_uris));
  auto other = good(pki);
  other.names.push_back({name_kind::uri,
                         "https:"
                         "//mesh.test/"});
  out.push_back(bad(pki, "a second URI of another scheme", other, leaf_many_uris));
}

// A certificate of version 1 has no extensions: no name, no usages.
bad_certificate version_one(const test_pki& pki) {
  auto recipe = good(pki);
  recipe.version = 1;
  return bad(pki, "version 1", recipe, leaf_version);
}

void add_bad_serials(const test_pki& pki, std::vector<bad_certificate>& out) {
  auto negative = good(pki);
  negative.serial = "\x05";
  negative.negative_serial = true;
  out.push_back(bad(pki, "a negative serial number", negative, leaf_serial));
  auto zero = good(pki);
  zero.serial = std::string(1, '\0');
  out.push_back(bad(pki, "serial number zero", zero, leaf_serial));
  auto huge = good(pki);
  huge.serial = std::string(40, '\x7f');
  out.push_back(bad(pki, "a serial number of 40 bytes", huge, leaf_serial));
}

// DER of a second subjectAltName: SEQUENCE { [6] uri }.
raw_extension second_name(std::string_view uri) {
  std::string name = "\x86";
  name += static_cast<char>(uri.size());
  name += uri;
  std::string sequence = "\x30";
  sequence += static_cast<char>(name.size());
  return {"2.5.29.17", sequence + name, false};
}

}  // namespace

void add_bad_leaves(const test_pki& pki, std::vector<bad_certificate>& out) {
  auto authority = good(pki);
  authority.authority = authority_flag::yes;
  authority.usages = digital_signature | key_cert_sign;
  bad_certificate leaf_authority = bad(pki, "CA:true", authority, leaf_is_authority);
  // Its issuer may not issue authorities at all; issue it from the root.
  const issuer_text root{pki.root.certificate, pki.root.key};
  leaf_authority.certificates = made(make_certificate(authority, pki.key, root));
  out.push_back(std::move(leaf_authority));

  auto lists = good(pki);
  lists.usages |= crl_sign;
  out.push_back(bad(pki, "cRLSign", lists, leaf_signs_certificates));
  auto agreement = good(pki);
  agreement.usages = key_agreement;
  out.push_back(bad(pki, "no digitalSignature", agreement, leaf_no_digital_signature));
  out.push_back(version_one(pki));
  add_bad_serials(pki, out);
  auto usage = good(pki);
  usage.extended_usages.clear();
  out.push_back(bad(pki, "no extended usage", usage, leaf_wrong_usage));
}

void add_bad_names(const test_pki& pki, std::vector<bad_certificate>& out) {
  add_bad_names_of(pki, out);
  for (const bad_uri& one : bad_uris())
    out.push_back(bad(pki, std::string(one.name), pki.leaf(one.uri), one.why));
  auto twice = good(pki);
  twice.more.push_back(second_name("spiffe://mesh.test/node/n2"));
  bad_certificate doubled = bad(pki, "two lists of names", twice, leaf_extension_twice);
  doubled.chain = extension_malformed;
  out.push_back(std::move(doubled));
}

}  // namespace mw::x509::detail
