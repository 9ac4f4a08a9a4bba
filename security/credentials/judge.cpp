// judge: file by file first, then what the files say about each other.
// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include "common/x509/chain.h"
#include "common/x509/keys.h"
#include "common/x509/pem.h"

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mw::creds {
namespace {

using x509::problem;
using x509::refusal;

class hearing {
 public:
  hearing(const candidate& given, const judge_rules& rules, wall_time now)
      : given_(given), rules_(rules), now_(now) {}

  verdict run() {
    read_files();
    if (!out_.good()) return std::move(out_);
    judge_pair();
    judge_identity();
    judge_trust();
    judge_validity();
    if (out_.good()) make_set();
    return std::move(out_);
  }

 private:
  void note(refusal why, const std::string& about, std::string detail) {
    out_.problems.push_back({why, about, std::move(detail)});
  }

  // The value of `read`, or its problem under the name of the source.
  template <class Value>
  void take(Value& into, const source_text& from, x509::judged<Value> read) {
    if (read.ok())
      into = std::move(read.value);
    else
      note(read.wrong.why, from.name, std::move(read.wrong.detail));
  }

  bool readable(const source_text& from) {
    if (from.unread.why == refusal::none) return true;
    note(from.unread.why, from.name, from.unread.detail);
    return false;
  }

  void read_files() {
    if (readable(given_.cert))
      take(shown_, given_.cert, read_certificates(given_.cert.text, refusal::no_certificate));
    if (readable(given_.key)) {
      judge_readers();
      take(key_, given_.key, x509::read_key(given_.key.text));
    }
    if (readable(given_.ca))
      take(trusted_, given_.ca, read_certificates(given_.ca.text, refusal::no_trust));
    if (given_.crl && readable(*given_.crl))
      take(lists_, *given_.crl, x509::read_crls(given_.crl->text));
  }

  void judge_readers() {
    const file_readers who = given_.key.readers;
    const bool fine =
        who == file_readers::owner || (who == file_readers::group && rules_.group_may_read);
    if (!fine)
      note(refusal::key_file_open_to_others, given_.key.name,
           who == file_readers::group ? "its group may" : "everybody may");
  }

  void judge_pair() {
    if (const refusal why = x509::judge_key(*key_); why != refusal::none)
      note(why, given_.key.name, x509::words_of(*key_));
    if (X509_check_private_key(shown_.front().get(), key_.get()) != 1)
      note(refusal::key_does_not_fit, given_.key.name, "beside " + given_.cert.name);
    ERR_clear_error();
  }

  void judge_identity() {
    const X509& leaf = *shown_.front();
    if (x509::is_authority(leaf)) note(refusal::leaf_is_authority, given_.cert.name, {});
    const std::vector<std::string> uris = x509::uris_of(leaf);
    if (uris.size() > 1)
      note(refusal::leaf_many_uris, given_.cert.name, std::to_string(uris.size()) + " of them");
    if (uris.size() == 1) identity_ = uris.front();
    if (!rules_.first && identity_ != rules_.identity)
      note(refusal::identity_changed, given_.cert.name,
           x509::escaped(identity_, x509::name_bytes_max) + " instead of " +
               x509::escaped(rules_.identity, x509::name_bytes_max));
  }

  void judge_trust() {
    for (const x509::certificate_ptr& one : trusted_)
      if (!x509::is_authority(*one))
        note(refusal::trust_not_authority, given_.ca.name,
             x509::words_of(*X509_get_subject_name(one.get())));
    if (!given_.crl) return;
    // A peer under an authority without a list would be refused, one by one: say it now.
    for (const x509::certificate_ptr& one : trusted_)
      if (!has_list(*X509_get_subject_name(one.get())))
        note(refusal::crl_missing, given_.crl->name,
             "none of " + x509::words_of(*X509_get_subject_name(one.get())));
  }

  [[nodiscard]] bool has_list(const X509_NAME& issuer) const {
    return std::any_of(lists_.begin(), lists_.end(), [&issuer](const x509::crl_ptr& list) {
      return X509_NAME_cmp(X509_CRL_get_issuer(list.get()), &issuer) == 0;
    });
  }

  [[nodiscard]] problem chain_at(wall_time when) const {
    return x509::judge_chain({shown_, trusted_, lists_, when, x509::purpose::both});
  }

  void judge_validity() {
    problem found = chain_at(now_);
    // What an authority issued just now may lie in the future of a clock that is behind.
    if (found.why == refusal::not_yet_valid || found.why == refusal::crl_not_yet_valid)
      if (chain_at({now_.since_epoch + rules_.skew}).why == refusal::none) found = {};
    if (found.why == refusal::none) return;
    const bool about_list = std::string_view(code_of(found.why)) >= code_of(refusal::crl_missing) &&
                            code_of(found.why) <= code_of(refusal::crl_unusable) && given_.crl;
    if (about_list && found.why == refusal::crl_missing && mentions(refusal::crl_missing)) return;
    if (!found.about.empty()) found.detail = found.about + ": " + found.detail;
    note(found.why, about_list ? given_.crl->name : given_.cert.name, std::move(found.detail));
  }

  [[nodiscard]] bool mentions(refusal why) const {
    return std::any_of(out_.problems.begin(), out_.problems.end(),
                       [why](const problem& one) { return one.why == why; });
  }

  void make_set() {
    auto set = std::make_shared<credential_set>();
    set->identity = identity_;
    for (const x509::certificate_ptr& one : shown_) set->chain += x509::pem_of(*one);
    set->key = secret(x509::pem_of_private(*key_));
    for (const x509::certificate_ptr& one : trusted_) set->trust += x509::pem_of(*one);
    for (const x509::crl_ptr& one : lists_) set->revoked += x509::pem_of(*one);
    describe();
    set->not_before = out_.parts.front().about.not_before;
    set->not_after = out_.parts.front().about.not_after;
    out_.set = std::move(set);
  }

  void describe() {
    for (std::size_t at = 0; at < shown_.size(); ++at)
      out_.parts.push_back({at == 0 ? "leaf" : "intermediate", x509::facts_of(*shown_[at])});
    for (const x509::certificate_ptr& one : trusted_)
      out_.parts.push_back({"authority", x509::facts_of(*one)});
    for (const x509::crl_ptr& one : lists_) {
      x509::facts about;
      about.issuer = x509::words_of(*X509_CRL_get_issuer(one.get()));
      about.not_before = x509::time_of(X509_CRL_get0_lastUpdate(one.get()));
      about.not_after = x509::time_of(X509_CRL_get0_nextUpdate(one.get()));
      out_.parts.push_back({"list", std::move(about)});
    }
  }

  const candidate& given_;
  const judge_rules& rules_;
  wall_time now_;
  verdict out_;
  x509::certificates shown_;
  x509::certificates trusted_;
  x509::crls lists_;
  x509::key_ptr key_;
  std::string identity_;
};

}  // namespace

verdict judge(const candidate& given, const judge_rules& rules, wall_time now) {
  x509::prepare_openssl();
  return hearing(given, rules, now).run();
}

std::string mark_of(const candidate& given) {
  x509::prepare_openssl();
  std::string mark;
  const auto add = [&mark](const source_text& one) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(one.text.data(), one.text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    mark += x509::hex_of(std::as_bytes(std::span(digest)));
    mark += std::string(code_of(one.unread.why)) + std::to_string(static_cast<int>(one.readers));
  };
  add(given.cert);
  add(given.key);
  add(given.ca);
  if (given.crl) add(*given.crl);
  return mark;
}

void forget(candidate& given) {
  OPENSSL_cleanse(given.key.text.data(), given.key.text.size());
  given.key.text.clear();
}

}  // namespace mw::creds
