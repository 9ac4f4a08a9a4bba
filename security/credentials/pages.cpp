// pages: JSON of facts, problems and the state of a keeper.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <utility>

namespace mw::creds {
namespace {

constexpr std::size_t uri_shown_max = 2048;

std::string_view word_of(look outcome) {
  switch (outcome) {
    case look::unchanged:
      return "unchanged";
    case look::adopted:
      return "adopted";
    case look::refused:
      return "refused";
  }
  return "refused";
}

std::uint64_t epoch_of(const keeper& from) {
  return from.current() != nullptr ? from.current()->epoch : 0;
}

}  // namespace

void write_facts(json_writer& out, const dated& part) {
  const x509::facts& about = part.about;
  out.begin_object().key("what").value(part.what);
  if (part.what != "list") {
    out.key("subject").value(about.subject).key("serial").value(about.serial);
    out.key("key").value(about.key).key("fingerprint").value(about.fingerprint);
    out.key("uris").begin_array();
    for (const std::string& uri : about.uris) out.value(x509::escaped(uri, uri_shown_max));
    out.end_array().key("names").begin_array();
    for (const std::string& name : about.names) out.value(name);
    out.end_array().key("authority").value(about.authority);
  }
  out.key("issuer").value(about.issuer);
  out.key("not_before").value(to_string(about.not_before));
  out.key("not_after").value(to_string(about.not_after)).end_object();
}

void write_problems(json_writer& out, const std::vector<x509::problem>& problems) {
  out.begin_array();
  for (const x509::problem& one : problems)
    out.begin_object()
        .key("code")
        .value(code_of(one.why))
        .key("about")
        .value(one.about)
        .key("problem")
        .value(row_of(one.why).says)
        .key("detail")
        .value(one.detail)
        .key("remedy")
        .value(row_of(one.why).remedy)
        .end_object();
  out.end_array();
}

std::string page_of(const keeper& from, std::string_view name) {
  json_writer out;
  out.begin_object().key("name").value(name).key("epoch").value(epoch_of(from));
  if (from.current() != nullptr)
    out.key("identity").value(x509::escaped(from.current()->identity, uri_shown_max));
  out.key("parts").begin_array();
  for (const dated& part : from.parts()) write_facts(out, part);
  out.end_array().key("problems");
  write_problems(out, from.problems());
  return out.end_object().take();
}

std::string reload_answer(const keeper& from, look outcome) {
  json_writer out;
  out.begin_object().key("outcome").value(word_of(outcome)).key("epoch").value(epoch_of(from));
  out.key("problems");
  write_problems(out, from.problems());
  return out.end_object().take();
}

}  // namespace mw::creds
