// make: `mw certs make`: an authority if there is none, and a pair for each node.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "store.h"

#include <mw/toolkit/json_writer.h>

#include <utility>

namespace mw::creds {
namespace {

constexpr unsigned leaf_days = 30;
constexpr unsigned authority_days = 3650;

class maker {
 public:
  maker(const words& given, tool_io& io, std::string folder)
      : given_(given), io_(io), files_(io, std::move(folder)) {}

  status run() {
    MW_TRY(wish_.domain, given_.needed("--domain"));
    MW_CHECK(check_domain(wish_.domain));
    MW_TRY(wish_.kind, key_kind_of(given_.get("--key", "p256")));
    MW_TRY(wish_.life, given_.days("--days", leaf_days));
    wish_.dns = given_.all("--dns");
    wish_.addresses = given_.all("--ip");
    std::vector<std::string> nodes = given_.all("--node");
    nodes.insert(nodes.end(), given_.rest().begin(), given_.rest().end());
    for (const std::string& node : nodes) MW_CHECK(check_node(node));
    MW_TRY(const x509::pair_text issuer, find_authority());
    for (const std::string& node : nodes) MW_CHECK(make_node(node, issuer));
    report();
    return {};
  }

 private:
  result<x509::pair_text> find_authority() {
    if (files_.has("ca.pem") || files_.has("ca.key")) {
      kept_.push_back(files_.path("ca.pem"));
      return files_.authority();
    }
    MW_TRY(const duration life, given_.days("--ca-days", authority_days));
    MW_TRY(x509::pair_text made, files_.new_authority(authority_name(), life));
    MW_CHECK(files_.write_key("ca.key", made.key, false));
    MW_CHECK(files_.write("ca.pem", made.certificate, false));
    MW_CHECK(files_.write("issuer.pem", made.certificate, false));
    made_.push_back(files_.path("ca.key"));
    made_.push_back(files_.path("ca.pem"));
    return made;
  }

  // A common name has at most 64 bytes.
  [[nodiscard]] std::string authority_name() const {
    constexpr std::size_t domain_bytes_shown = 40;
    return wish_.domain.substr(0, domain_bytes_shown) + " development authority";
  }

  status make_node(const std::string& node, const x509::pair_text& issuer) {
    const bool force = given_.has("--force");
    if (!force && (files_.has(node + ".pem") || files_.has(node + ".key"))) {
      kept_.push_back(files_.path(node + ".pem"));
      return {};
    }
    wish_.node = node;
    MW_TRY(const x509::pair_text pair, files_.new_leaf(wish_, issuer));
    MW_CHECK(files_.write_key(node + ".key", pair.key, force));
    MW_CHECK(files_.write(node + ".pem", pair.certificate, force));
    made_.push_back(files_.path(node + ".key"));
    made_.push_back(files_.path(node + ".pem"));
    return {};
  }

  void report() {
    if (io_.json()) {
      json_writer out;
      out.begin_object().key("made").begin_array();
      for (const std::string& one : made_) out.value(one);
      out.end_array().key("kept").begin_array();
      for (const std::string& one : kept_) out.value(one);
      io_.print(out.end_array().end_object().take() + "\n");
      return;
    }
    for (const std::string& one : made_) io_.print("made " + one + "\n");
    for (const std::string& one : kept_) io_.print("kept " + one + "\n");
    if (!kept_.empty() && made_.empty())
      io_.print("Nothing is new: --force makes the nodes' pairs again.\n");
  }

  const words& given_;
  tool_io& io_;
  store files_;
  store::leaf_wish wish_;
  std::vector<std::string> made_;
  std::vector<std::string> kept_;
};

}  // namespace

status certs_make(const words& given, tool_io& io) {
  MW_TRY(std::string folder, given.needed("--dir"));
  return maker(given, io, std::move(folder)).run();
}

}  // namespace mw::creds
