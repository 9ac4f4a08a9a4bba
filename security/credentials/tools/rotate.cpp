// rotate: `mw certs rotate`: a new pair or a new authority, and a node that is seen to take it.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/x509/facts.h"
#include "common/x509/pem.h"
#include "store.h"

#include <mw/toolkit/json_writer.h>

#include <charconv>
#include <optional>
#include <utility>

namespace mw::creds {
namespace {

constexpr unsigned leaf_days = 30;
constexpr unsigned authority_days = 3650;

// The number behind "epoch": in an answer of ours; nothing when it is not one.
std::optional<std::uint64_t> epoch_in(std::string_view json) {
  constexpr std::string_view key = "\"epoch\":";
  const auto at = json.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = json.substr(at + key.size());
  std::uint64_t epoch = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
  return parsed.ec == std::errc() ? std::optional(epoch) : std::nullopt;
}

// The credentials of the running node, through its admin page.
class running_node {
 public:
  running_node(tool_io& io, const std::string& stanza) : io_(io), page_("/credentials/" + stanza) {}

  result<std::string> page() { return answer(page_, {}); }

  result<std::uint64_t> epoch() {
    MW_TRY(const std::string text, page());
    const auto found = epoch_in(text);
    if (!found) return {errc::internal, page_ + " is no page of credentials: " + cut(text)};
    return *found;
  }

  // The epoch after the node has looked at its files. A set that it refuses is `denied`.
  result<std::uint64_t> reload() {
    MW_TRY(const node_answer got, io_.ask(page_ + "/reload", "{}"));
    constexpr int conflict = 409;
    if (got.status == conflict) return {errc::denied, "the node refuses the new set: " + got.body};
    MW_TRY(const std::string text, fine(got));
    const auto found = epoch_in(text);
    if (!found) return {errc::internal, page_ + "/reload answers " + cut(text)};
    return *found;
  }

 private:
  static std::string cut(const std::string& text) { return x509::escaped(text, 200); }

  result<std::string> fine(const node_answer& got) {
    constexpr int ok = 200;
    constexpr int missing = 404;
    if (got.status == ok) return got.body;
    if (got.status == missing)
      return {errc::not_found, "the node has no page " + page_ +
                                   ": name its security.credentials stanza with --stanza"};
    return {errc::internal,
            page_ + " answers " + std::to_string(got.status) + ": " + cut(got.body)};
  }
  result<std::string> answer(const std::string& path, std::string_view body) {
    MW_TRY(const node_answer got, io_.ask(path, body));
    return fine(got);
  }

  tool_io& io_;
  std::string page_;
};

class rotation {
 public:
  rotation(const words& given, tool_io& io, std::string folder)
      : given_(given),
        io_(io),
        files_(io, std::move(folder)),
        node_(io, given.get("--stanza", "certs")) {}

  status run() {
    const std::string step = given_.get("--ca", "");
    if (given_.has("--ca")) {
      if (step == "add") return add_authority();
      if (step == "use") return use_authority();
      if (step == "drop") return drop_authorities();
      return {errc::invalid, "--ca takes add, use or drop"};
    }
    MW_TRY(const std::string name, given_.needed("--node"));
    MW_CHECK(check_node(name));
    return rotate_node(name);
  }

 private:
  struct old_pair {
    std::string certificate;
    std::string key;
  };

  status rotate_node(const std::string& name) {
    MW_TRY(const std::uint64_t before, node_.epoch());
    old_pair old;
    MW_TRY(old.certificate, files_.read(name + ".pem"));
    MW_TRY(old.key, files_.read(name + ".key"));
    MW_TRY(const x509::pair_text issuer, files_.authority());
    MW_TRY(const store::leaf_wish wish, wish_for(name, old.certificate));
    MW_TRY(const x509::pair_text pair, files_.new_leaf(wish, issuer));
    // The key first: between the two renames the node finds a pair that does not fit, keeps the
    // old set and looks again.
    MW_CHECK(files_.write_key(name + ".key", pair.key, true));
    MW_CHECK(files_.write(name + ".pem", pair.certificate, true));
    const status seen = await(before, pair.certificate);
    if (!seen) {
      MW_CHECK(files_.write_key(name + ".key", old.key, true));
      MW_CHECK(files_.write(name + ".pem", old.certificate, true));
      return failure(seen.error().kind(), seen.error().text() + "; the old pair is back");
    }
    return report("rotated", files_.path(name + ".pem"));
  }

  // Same names as before.
  result<store::leaf_wish> wish_for(const std::string& name, const std::string& old) {
    store::leaf_wish wish;
    wish.node = name;
    const auto all = read_certificates(old, x509::refusal::no_certificate);
    if (!all.ok())
      return failure{errc::internal, to_string(all.wrong)}.in(files_.path(name + ".pem"));
    const x509::facts was = x509::facts_of(*all.value.front());
    const std::string end = "/node/" + name;
    constexpr std::string_view scheme = "spiffe://";
    if (was.uris.size() != 1 || !was.uris.front().starts_with(scheme) ||
        !was.uris.front().ends_with(end))
      return {errc::internal, files_.path(name + ".pem") + " is not for spiffe://DOMAIN" + end};
    wish.domain = was.uris.front().substr(scheme.size());
    wish.domain.resize(wish.domain.size() - end.size());
    for (const std::string& one : was.names) {
      const bool address = one.find_first_not_of("0123456789.") == std::string::npos;
      (address ? wish.addresses : wish.dns).push_back(one);
    }
    MW_TRY(wish.kind, key_kind_of(given_.get("--key", "p256")));
    MW_TRY(wish.life, given_.days("--days", leaf_days));
    return wish;
  }

  // The node looks at its files and its page shows the certificate.
  status await(std::uint64_t before, const std::string& certificate) {
    MW_TRY(after_, node_.reload());
    if (after_ <= before)
      return {errc::not_found,
              "the node looked at its files and found nothing new: its stanza "
              "names other files than these"};
    const auto all = read_certificates(certificate, x509::refusal::no_certificate);
    MW_TRY(const std::string page, node_.page());
    if (page.find('"' + x509::serial_of(*all.value.front()) + '"') == std::string::npos)
      return {errc::not_found, "the node took another certificate than this one"};
    return {};
  }

  // Trust grows; who issues stays.
  status add_authority() {
    const auto pending = files_.read("ca.next.key");
    if (pending && !pending->empty())
      return {errc::denied,
              files_.path("ca.next.key") + " is there already: go on with `--ca use`, or empty it"};
    MW_TRY(const x509::pair_text now, files_.authority());
    MW_TRY(const std::string trust, files_.read("ca.pem"));
    MW_TRY(const duration life, given_.days("--days", authority_days));
    const std::string stamp = to_string(io_.now());
    MW_TRY(const x509::pair_text next,
           files_.new_authority("development authority of " + stamp, life));
    MW_CHECK(files_.write("issuer.pem", now.certificate, true));
    MW_CHECK(files_.write_key("ca.next.key", next.key, true));
    MW_CHECK(files_.write("ca.next.pem", next.certificate, true));
    MW_CHECK(add_list(next));
    MW_CHECK(files_.write("ca.pem", next.certificate + trust, true));
    return tell_node(
        "both authorities are trusted; issue from the new one with `--ca use` once "
        "every node has this ca.pem");
  }

  // A set with revocation lists needs one of the new authority, too.
  status add_list(const x509::pair_text& next) {
    auto lists = files_.read("crl.pem");
    if (!lists) return lists.error().kind() == errc::not_found ? status() : lists.error();
    const wall_time until{io_.now().since_epoch + duration(std::chrono::hours(24)) * list_days};
    const x509::crl_recipe empty{
        .this_update = io_.now(), .next_update = until, .revoked_at = io_.now()};
    MW_TRY(const std::string made, make_crl(empty, {next.certificate, next.key}));
    return files_.write("crl.pem", made + *lists, true);
  }

  status use_authority() {
    MW_TRY(const std::string key, files_.read("ca.next.key"));
    if (key.empty()) return {errc::denied, "there is no new authority: `--ca add` comes first"};
    MW_TRY(const std::string certificate, files_.read("ca.next.pem"));
    MW_CHECK(files_.write("issuer.pem", certificate, true));
    MW_CHECK(files_.write_key("ca.key", key, true));
    return report("used",
                  "from now on the new authority issues: `--node` for each node, then "
                  "`--ca drop`");
  }

  status drop_authorities() {
    MW_TRY(const x509::pair_text now, files_.authority());
    MW_TRY(const std::string next, files_.read("ca.next.key"));
    if (next != now.key)
      return {errc::denied, "the new authority does not issue yet: `--ca use` comes first"};
    MW_CHECK(files_.write("ca.pem", now.certificate, true));
    // Empty: the next round begins with `--ca add` again. Tools cannot remove files.
    MW_CHECK(files_.write_key("ca.next.key", "", true));
    return tell_node("only the new authority is trusted");
  }

  status tell_node(const std::string& what) {
    const auto epoch = node_.reload();
    if (epoch) {
      after_ = *epoch;
      return report("reloaded", what);
    }
    if (epoch.error().kind() != errc::disconnected) return epoch.error();
    io_.complain("mw certs: no node answers (" + epoch.error().text() +
                 "); nodes find the files by themselves\n");
    return report("written", what);
  }

  status report(std::string_view outcome, const std::string& what) {
    if (io_.json()) {
      json_writer out;
      out.begin_object().key("outcome").value(outcome).key("what").value(what);
      out.key("epoch").value(after_).end_object();
      io_.print(out.take() + "\n");
    } else {
      io_.print(std::string(outcome) + ": " + what +
                (after_ != 0 ? ", epoch " + std::to_string(after_) : std::string()) + "\n");
    }
    return {};
  }

  const words& given_;
  tool_io& io_;
  store files_;
  running_node node_;
  std::uint64_t after_ = 0;
};

}  // namespace

status certs_rotate(const words& given, tool_io& io) {
  if (!given.rest().empty()) return {errc::invalid, "rotate takes flags only"};
  MW_TRY(std::string folder, given.needed("--dir"));
  return rotation(given, io, std::move(folder)).run();
}

}  // namespace mw::creds
