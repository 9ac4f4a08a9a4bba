// inspect: `mw certs inspect`: what is in PEM files and deny lists, keys by their kind alone.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/denylist/denylist.h"
#include "common/denylist/timestamp.h"
#include "common/x509/facts.h"
#include "common/x509/keys.h"
#include "common/x509/lists.h"
#include "common/x509/pem.h"
#include "pages.h"

#include <utility>

namespace mw::creds {
namespace {

class inspector {
 public:
  explicit inspector(tool_io& io) : io_(io) {}

  status look_into(const std::string& path) {
    MW_TRY(const std::string text, io_.read(path));
    out_.begin_object().key("file").value(path);
    say(path);
    MW_CHECK(text.starts_with("mw-deny-list ") ? show_deny_list(path, text)
                                               : show_blocks(path, text));
    out_.end_object();
    return {};
  }

  json_writer& out() { return out_; }

 private:
  void say(const std::string& line) {
    if (!io_.json()) io_.print(line + "\n");
  }

  status show_blocks(const std::string& path, const std::string& text) {
    const auto blocks = x509::read_blocks(text);
    if (!blocks.ok()) return {errc::internal, named(blocks.wrong, path)};
    if (blocks.value.empty())
      return {errc::internal, path + ": neither PEM nor a deny list: there is nothing to show"};
    out_.key("parts").begin_array();
    for (const x509::pem_block& block : blocks.value) MW_CHECK(show_block(path, block));
    out_.end_array();
    return {};
  }

  static std::string named(x509::problem wrong, const std::string& path) {
    wrong.about = path;
    return to_string(wrong);
  }

  status show_block(const std::string& path, const x509::pem_block& block) {
    if (block.label == "CERTIFICATE") {
      const x509::certificate_ptr one = x509::certificate_from(block.der);
      if (one == nullptr) return {errc::internal, named({x509::refusal::malformed, {}, {}}, path)};
      show({"certificate", x509::facts_of(*one)});
    } else if (block.label.ends_with("PRIVATE KEY")) {
      show_key(block);
    } else if (block.label == "X509 CRL") {
      return show_list(path, block);
    } else {
      out_.begin_object().key("what").value(x509::escaped(block.label, 64)).end_object();
      say("  " + x509::escaped(block.label, 64));
    }
    return {};
  }

  void show(const dated& part) {
    write_facts(out_, part);
    const x509::facts& about = part.about;
    say("  " + part.what + (about.authority ? ", an authority" : ""));
    say("    subject  " + about.subject + "\n    issuer   " + about.issuer);
    for (const std::string& uri : about.uris) say("    identity " + x509::escaped(uri, 2048));
    for (const std::string& name : about.names) say("    name     " + name);
    say("    serial   " + about.serial + "\n    key      " + about.key + ", SHA-256 " +
        about.fingerprint);
    say("    valid    " + to_string(about.not_before) + " to " + to_string(about.not_after) +
        (io_.now() >= about.not_after ? ", EXPIRED" : ""));
  }

  void show_key(const x509::pem_block& block) {
    const auto key = x509::read_key(x509::write_block(block.label, block.der));
    const std::string kind = key.ok() ? x509::words_of(*key.value) : "encrypted or unreadable";
    out_.begin_object().key("what").value("private key").key("key").value(kind).end_object();
    say("  private key, " + kind + " (not shown)");
  }

  status show_list(const std::string& path, const x509::pem_block& block) {
    const auto lists = x509::read_crls(x509::write_block(block.label, block.der));
    if (!lists.ok()) return {errc::internal, named(lists.wrong, path)};
    const X509_CRL* list = lists.value.front().get();
    const std::string issuer = x509::words_of(*X509_CRL_get_issuer(list));
    const wall_time next = x509::time_of(X509_CRL_get0_nextUpdate(list));
    const std::vector<std::string> serials = x509::revoked_in(*lists.value.front());
    out_.begin_object().key("what").value("revocation list").key("issuer").value(issuer);
    out_.key("next_update").value(to_string(next)).key("serials").begin_array();
    for (const std::string& serial : serials) out_.value(serial);
    out_.end_array().end_object();
    say("  revocation list of " + issuer + ", next by " + to_string(next));
    for (const std::string& serial : serials) say("    revoked  " + serial);
    return {};
  }

  status show_deny_list(const std::string& path, const std::string& text) {
    const auto list = denylist::parse(text);
    if (!list) return failure{errc::internal, list.error().text()}.in(path);
    constexpr std::array<std::string_view, 3> kinds{"serial", "key", "id"};
    out_.key("number").value(list->number).key("signer").value(list->signer);
    out_.key("issued").value(denylist::print_timestamp(list->issued));
    out_.key("entries").begin_array();
    say("  deny list " + std::to_string(list->number) + ", signed by key " + list->signer +
        " (not verified here: mw certs deny --verify)");
    for (const denylist::entry& one : list->entries) {
      const std::string_view kind = kinds[static_cast<std::size_t>(one.kind)];
      out_.begin_object().key("kind").value(kind).key("value").value(one.value);
      out_.key("reason").value(one.reason).end_object();
      say("    " + std::string(kind) + " " + one.value +
          (one.reason.empty() ? std::string() : "  # " + one.reason));
    }
    out_.end_array();
    return {};
  }

  tool_io& io_;
  json_writer out_;
};

}  // namespace

status certs_inspect(const words& given, tool_io& io) {
  if (given.rest().empty()) return {errc::invalid, "inspect takes the files to look into"};
  inspector look(io);
  look.out().begin_array();
  for (const std::string& path : given.rest()) MW_CHECK(look.look_into(path));
  look.out().end_array();
  if (io.json()) io.print(look.out().take() + "\n");
  return {};
}

}  // namespace mw::creds
