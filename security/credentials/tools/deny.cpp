// deny: `mw certs deny`: entries on and off the signed list that every node obeys at once.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/denylist/denylist.h"
#include "common/denylist/timestamp.h"
#include "common/x509/facts.h"
#include "common/x509/pem.h"
#include "store.h"

#include <mw/toolkit/json_writer.h>

#include <utility>

namespace mw::creds {
namespace {

using denylist::entry_kind;

class denial {
 public:
  denial(const words& given, tool_io& io)
      : given_(given), io_(io), files_(io, given.get("--dir", ".")) {}

  status run() {
    path_ = given_.get("--file", files_.path("deny.txt"));
    if (given_.has("--verify")) return verify();
    MW_CHECK(read_old());
    MW_CHECK(collect());
    MW_CHECK(change());
    MW_CHECK(sign());
    MW_CHECK(io_.write(path_, print(list_), file_access::everybody, true));
    report("made");
    return {};
  }

 private:
  status verify() {
    MW_TRY(const std::string authorities, io_.read(given_.get("--ca", files_.path("ca.pem"))));
    denylist::signers trusted;
    MW_CHECK(trusted.add(authorities));
    MW_TRY(const std::string text, io_.read(path_));
    auto list = denylist::read(text, trusted);
    if (!list) return failure(errc::denied, list.error().text()).in(path_);
    list_ = std::move(*list);
    if (stale(list_, io_.now()))
      return {errc::denied, path_ + " expired on " + denylist::print_timestamp(*list_.expires) +
                                ": sign it anew with mw certs deny"};
    report("good");
    return {};
  }

  status read_old() {
    const auto text = io_.read(path_);
    if (!text) return text.error().kind() == errc::not_found ? status() : text.error();
    auto old = denylist::parse(*text);
    if (!old) return failure(errc::internal, old.error().text()).in(path_);
    list_ = std::move(*old);
    return {};
  }

  status collect() {
    for (const std::string& one : given_.all("--serial"))
      wanted_.push_back({entry_kind::serial, one, {}});
    for (const std::string& one : given_.all("--key-hash"))
      wanted_.push_back({entry_kind::key, one, {}});
    for (const std::string& one : given_.all("--id")) wanted_.push_back({entry_kind::id, one, {}});
    for (const std::string& path : given_.all("--cert")) {
      MW_TRY(const std::string text, io_.read(path));
      const auto all = read_certificates(text, x509::refusal::no_certificate);
      if (!all.ok()) return failure{errc::internal, to_string(all.wrong)}.in(path);
      // The key, not the serial number: a new certificate for it would be the same thief.
      wanted_.push_back({entry_kind::key, x509::fingerprint_of(*all.value.front()), {}});
    }
    return {};
  }

  status change() {
    for (denylist::entry& one : wanted_) {
      if (given_.has("--remove")) {
        if (!remove(list_, one.kind, one.value))
          return {errc::not_found, "'" + one.value + "' is not on the list"};
        continue;
      }
      one.reason = given_.get("--reason", "");
      MW_CHECK(denylist::add(list_, std::move(one)));
    }
    return {};
  }

  status sign() {
    list_.number += 1;
    list_.issued = {std::chrono::floor<std::chrono::seconds>(io_.now().since_epoch)};
    list_.expires.reset();
    if (given_.has("--days")) {
      MW_TRY(const duration life, given_.days("--days", 1));
      list_.expires = wall_time{list_.issued.since_epoch + life};
    }
    MW_TRY(std::string key, io_.read(given_.get("--sign-key", files_.path("ca.key"))));
    return denylist::sign(list_, key);
  }

  void report(std::string_view outcome) {
    if (io_.json()) {
      json_writer out;
      out.begin_object().key("outcome").value(outcome).key("file").value(path_);
      out.key("number").value(list_.number).key("entries").value(list_.entries.size());
      out.key("signer").value(list_.signer).end_object();
      io_.print(out.take() + "\n");
      return;
    }
    io_.print(std::string(outcome) + " " + path_ + ", list " + std::to_string(list_.number) +
              " with " + std::to_string(list_.entries.size()) + " entries, signed by key " +
              list_.signer + "\n");
  }

  const words& given_;
  tool_io& io_;
  store files_;
  std::string path_;
  denylist::list list_;
  std::vector<denylist::entry> wanted_;
};

}  // namespace

status certs_deny(const words& given, tool_io& io) {
  if (!given.has("--dir") && !given.has("--file"))
    return {errc::invalid, "--dir is missing (or --file and --sign-key)"};
  if (!given.rest().empty()) return {errc::invalid, "deny takes flags only"};
  return denial(given, io).run();
}

}  // namespace mw::creds
