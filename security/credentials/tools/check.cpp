// check: `mw certs check`: what a node would say to a set, with every problem and its remedy.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/x509/pem.h"
#include "judge.h"
#include "pages.h"

#include <utility>

namespace mw::creds {
namespace {

source_text read_source(const std::string& path, tool_io& io) {
  source_text out{.name = path};
  auto text = io.read(path);
  if (!text)
    out.unread = {x509::refusal::file_unreadable, {}, text.error().text()};
  else
    out.text = std::move(*text);
  return out;
}

void print_words(const verdict& found, tool_io& io) {
  for (const x509::problem& one : found.problems) io.print(to_string(one) + "\n");
  if (!found.good()) return;
  const x509::facts& leaf = found.parts.front().about;
  io.print("good: " +
           (found.set->identity.empty() ? leaf.subject : x509::escaped(found.set->identity, 2048)) +
           ", " + leaf.key + ", until " + to_string(leaf.not_after) + "\n");
}

void print_json(const verdict& found, tool_io& io) {
  json_writer out;
  out.begin_object().key("good").value(found.good()).key("problems");
  write_problems(out, found.problems);
  out.key("parts").begin_array();
  for (const dated& part : found.parts) write_facts(out, part);
  io.print(out.end_array().end_object().take() + "\n");
}

}  // namespace

result<bool> certs_check(const words& given, tool_io& io) {
  candidate set;
  MW_TRY(const std::string cert, given.needed("--cert"));
  MW_TRY(const std::string key, given.needed("--key"));
  MW_TRY(const std::string ca, given.needed("--ca"));
  if (!given.rest().empty()) return {errc::invalid, "check takes flags only"};
  set.cert = read_source(cert, io);
  set.key = read_source(key, io);
  set.ca = read_source(ca, io);
  if (given.has("--crl")) set.crl = read_source(given.get("--crl", ""), io);
  judge_rules rules;
  rules.identity = given.get("--identity", "");
  rules.first = !given.has("--identity");
  const verdict found = judge(set, rules, io.now());
  forget(set);
  if (io.json())
    print_json(found, io);
  else
    print_words(found, io);
  return found.good();
}

}  // namespace mw::creds
