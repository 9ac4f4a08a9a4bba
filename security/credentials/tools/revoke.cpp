// revoke: `mw certs revoke`: the authority's list, one number further.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/x509/facts.h"
#include "common/x509/lists.h"
#include "common/x509/pem.h"
#include "store.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <utility>

namespace mw::creds {
namespace {

struct lists_on_disk {
  x509::crl_recipe own;  // of the authority that issues
  std::string others;    // PEM of all others
};

result<lists_on_disk> read_lists(store& files, const X509& issuer) {
  lists_on_disk out;
  out.own.number = 0;
  auto text = files.read("crl.pem");
  if (!text) {
    if (text.error().kind() == errc::not_found) return out;
    return text.error();
  }
  const auto lists = x509::read_crls(*text);
  if (!lists.ok()) return failure{errc::internal, to_string(lists.wrong)}.in(files.path("crl.pem"));
  for (const x509::crl_ptr& one : lists.value) {
    if (X509_NAME_cmp(X509_CRL_get_issuer(one.get()), X509_get_subject_name(&issuer)) == 0)
      out.own = x509::recipe_of(*one);
    else
      out.others += x509::pem_of(*one);
  }
  return out;
}

// The serial numbers to revoke, as bytes.
result<std::vector<std::string>> wanted_serials(const words& given, store& files) {
  std::vector<std::string> serials;
  for (const std::string& node : given.all("--node")) {
    MW_CHECK(check_node(node));
    MW_TRY(const std::string text, files.read(node + ".pem"));
    const auto all = read_certificates(text, x509::refusal::no_certificate);
    if (!all.ok())
      return failure{errc::internal, to_string(all.wrong)}.in(files.path(node + ".pem"));
    serials.push_back(x509::serial_of(*all.value.front()));
  }
  for (const std::string& serial : given.all("--serial")) serials.push_back(serial);
  if (serials.empty() && !given.has("--none"))
    return {errc::invalid, "revoke takes --node, --serial, or --none for a list that is only new"};
  for (std::string& serial : serials) {
    MW_TRY(serial, x509::bytes_of_hex(serial));
  }
  return serials;
}

}  // namespace

status certs_revoke(const words& given, tool_io& io) {
  MW_TRY(std::string folder, given.needed("--dir"));
  store files(io, std::move(folder));
  MW_TRY(const duration life, given.days("--days", list_days));
  MW_TRY(const x509::pair_text issuer, files.authority());
  const auto certificate = read_certificates(issuer.certificate, x509::refusal::no_trust);
  MW_TRY(lists_on_disk lists, read_lists(files, *certificate.value.front()));
  MW_TRY(const std::vector<std::string> serials, wanted_serials(given, files));
  std::size_t added = 0;
  for (const std::string& serial : serials) {
    auto& all = lists.own.serials;
    if (std::find(all.begin(), all.end(), serial) != all.end()) continue;
    all.push_back(serial);
    ++added;
  }
  lists.own.number += 1;
  lists.own.this_update = io.now();
  lists.own.next_update = {io.now().since_epoch + life};
  lists.own.revoked_at = io.now();
  MW_TRY(const std::string made, make_crl(lists.own, {issuer.certificate, issuer.key}));
  MW_CHECK(files.write("crl.pem", made + lists.others, true));
  const std::string path = files.path("crl.pem");
  if (io.json()) {
    json_writer out;
    out.begin_object().key("file").value(path).key("number").value(lists.own.number);
    out.key("added").value(added).key("revoked").value(lists.own.serials.size()).end_object();
    io.print(out.take() + "\n");
  } else {
    io.print("made " + path + ", list " + std::to_string(lists.own.number) + ": " +
             std::to_string(added) + " added, " + std::to_string(lists.own.serials.size()) +
             " revoked, next by " + to_string(lists.own.next_update) + "\n");
  }
  return {};
}

}  // namespace mw::creds
