// test_certs: a small world of authorities with good certificates, and every kind of bad one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "chain.h"
#include "maker.h"
#include "refusals.h"

#include <string>
#include <string_view>
#include <vector>

namespace mw::x509 {

// What a peer shows and why it must be refused. A handshake sees `chain` first; the rules of the
// leaf come after it. A case with `chain` has one fault in its chain and may also break `leaf`.
struct bad_certificate {
  std::string name;  // "two URI names"
  refusal chain = refusal::none;
  refusal leaf = refusal::none;  // for the domain and the sides of a test_pki
  purpose side = purpose::both;  // at which end the one who shows it has to be
  bool sendable = true;          // false: OpenSSL's own end cannot load it
  std::string certificates;      // PEM, the leaf first
  std::string key;               // PEM
  std::string crl;               // what the verifier checks against; empty: nothing
  [[nodiscard]] refusal expected() const { return chain != refusal::none ? chain : leaf; }
};

struct good_certificate {
  std::string name;
  std::string certificates;
  std::string key;
};

// Root "mesh root", under it intermediate "mesh issuer", for trust domain "mesh.test". Node ids are
// the last part of spiffe://mesh.test/node/NAME. All is valid from a day before `now` to a day
// after. Making one takes about 10 ms, its bad certificates about a second.
class test_pki {
 public:
  explicit test_pki(wall_time now);

  // Leaf and intermediate.
  [[nodiscard]] good_certificate node(const std::string& name) const;
  [[nodiscard]] good_certificate node(const std::string& name, key_kind kind) const;
  // Leaf by any recipe (start from leaf()), issued by the intermediate.
  [[nodiscard]] good_certificate issue(const certificate_recipe& recipe) const;
  [[nodiscard]] certificate_recipe leaf(const std::string& uri) const;

  [[nodiscard]] std::vector<good_certificate> all_good() const;
  [[nodiscard]] std::vector<bad_certificate> all_bad() const;

  // Lists of both authorities in force; `serials` are revoked by the intermediate.
  [[nodiscard]] std::string lists(std::vector<std::string> serials) const;

  wall_time now;
  wall_time from;
  wall_time until;
  pair_text root;          // root.certificate is what verifiers trust
  pair_text intermediate;  // issued by root
  pair_text stranger;      // another authority with the name and serial of root
  std::string key;         // P-256, of most leaves
};

// DER of the first certificate in a PEM text.
[[nodiscard]] std::string leaf_der(std::string_view pem);
// 16384 bits: making one takes minutes.
[[nodiscard]] std::string_view rsa_16384_key();
// For tests: the value, or the end of the process with the failure.
[[nodiscard]] std::string made(result<std::string> outcome);

namespace detail {  // the parts of all_bad()
void add_bad_leaves(const test_pki& pki, std::vector<bad_certificate>& out);
void add_bad_names(const test_pki& pki, std::vector<bad_certificate>& out);
void add_bad_chains(const test_pki& pki, std::vector<bad_certificate>& out);
void add_bad_lists(const test_pki& pki, std::vector<bad_certificate>& out);
}  // namespace detail

}  // namespace mw::x509
