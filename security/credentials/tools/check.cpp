// check: `mw certs check`: what a node would say to a set, with every problem and its remedy.
// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "common/spiffe/leaf.h"
#include "common/spiffe/spiffe_id.h"
#include "common/x509/pem.h"
#include "judge.h"
#include "pages.h"

#include <algorithm>
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

result<spiffe::leaf_rules> rules_of_peers(const words& given) {
  spiffe::leaf_rules out;
  out.domains = given.all("--domain");
  std::vector<std::string> patterns = given.all("--node-id");
  if (patterns.empty()) patterns.emplace_back("/node/{id}");
  for (const std::string& one : patterns) {
    MW_TRY(auto made, spiffe::parse_node_pattern(one));
    out.nodes.push_back(std::move(made));
  }
  return out;
}

// A peer looks at the leaf as that of a client and as that of a server; nodes are both.
void judge_as_peers(const source_text& from, spiffe::leaf_rules rules, verdict& into) {
  const auto shown = x509::read_certificates(from.text, x509::refusal::no_certificate);
  if (!shown.ok()) return;  // found before
  const X509& leaf = *shown.value.front();
  const std::vector<std::string> uris = x509::uris_of(leaf);
  if (rules.domains.empty() && !uris.empty())
    rules.domains.emplace_back(spiffe::parse(uris.front()).domain);
  const std::string der = x509::der_of(leaf);
  for (const peer_side side : {peer_side::client, peer_side::server}) {
    auto found = spiffe::judge_leaf(as_bytes(der), side, rules);
    if (found.ok()) continue;
    const auto same = [&found](const x509::problem& one) { return one.why == found.wrong.why; };
    if (std::any_of(into.problems.begin(), into.problems.end(), same)) continue;
    if (!found.wrong.about.empty())
      found.wrong.detail =
          found.wrong.about + (found.wrong.detail.empty() ? "" : ", ") + found.wrong.detail;
    found.wrong.about = from.name;
    into.problems.push_back(std::move(found.wrong));
  }
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
  MW_TRY(spiffe::leaf_rules peers, rules_of_peers(given));
  verdict found = judge(set, rules, io.now());
  if (!given.has("--web")) judge_as_peers(set.cert, std::move(peers), found);
  forget(set);
  if (io.json())
    print_json(found, io);
  else
    print_words(found, io);
  return found.good();
}

}  // namespace mw::creds
