// store: index and cache change together, inside one turn.
// SPDX-License-Identifier: Apache-2.0
#include "store.h"

#include "common/digest/sha256.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace mw::access_policy {
namespace {

// All that the policy says, sorted: the order of lines has no meaning.
std::vector<std::string> statements(const candidate& c) {
  std::vector<std::string> all;
  for (const rule& r : c.text.rules) all.push_back(to_string(r));
  for (const binding& b : c.text.bindings) all.push_back(to_string(b));
  all.emplace_back(c.allow_by_default ? "default allow" : "default deny");
  std::sort(all.begin(), all.end());
  return all;
}

std::string digest_of(const candidate& c) {
  std::string whole;
  for (const std::string& line : statements(c)) whole += line + "\n";
  return hex_of(sha256(as_bytes(whole)));
}

}  // namespace

result<candidate> prepare(const document& inline_part, bool allow_by_default,
                          std::optional<std::string_view> file, std::string_view file_name) {
  candidate made;
  made.text = inline_part;
  if (file) MW_CHECK(parse_document(*file, file_name, made.text));
  made.allow_by_default = made.text.allow_by_default.value_or(allow_by_default);
  made.text.allow_by_default = made.allow_by_default;
  MW_CHECK(finish(made.text));
  made.digest = digest_of(made);
  return made;
}

void store::apply(candidate next, std::string own_identity) {
  now_ = std::move(next);
  own_identity_ = std::move(own_identity);
  index_ = index(now_.text, now_.allow_by_default, own_identity_);
  cache_.forget_all();
  ++version_;
}

store::answer store::authorize(const access& what) noexcept {
  if (const auto known = cache_.find(what)) return {*known, true};
  const verdict decided = index_.authorize(what);
  cache_.keep(what, decided);
  return {decided, false};
}

explanation store::explain(const access& what) const {
  return access_policy::explain(now_.text, now_.allow_by_default, own_identity_, what,
                                index_.authorize(what));
}

std::string difference(const candidate& before, const candidate& after) {
  const auto was = statements(before);
  const auto is = statements(after);
  std::vector<std::string> gone, fresh;
  std::set_difference(was.begin(), was.end(), is.begin(), is.end(), std::back_inserter(gone));
  std::set_difference(is.begin(), is.end(), was.begin(), was.end(), std::back_inserter(fresh));
  std::string out;
  for (const std::string& line : gone) out += "- " + line + "\n";
  for (const std::string& line : fresh) out += "+ " + line + "\n";
  return out;
}

std::string as_json(const candidate& c, std::uint64_t version) {
  json_writer json;
  json.begin_object().key("version").value(version).key("digest").value(c.digest);
  json.key("default").value(c.allow_by_default ? "allow" : "deny").key("rules").begin_array();
  for (std::size_t i = 0; i < c.text.rules.size(); ++i)
    json.begin_object()
        .key("number")
        .value(i + 1)
        .key("text")
        .value(to_string(c.text.rules[i]))
        .key("where")
        .value(c.text.rules[i].where)
        .end_object();
  json.end_array().key("bindings").begin_array();
  for (const binding& b : c.text.bindings)
    json.begin_object().key("text").value(to_string(b)).key("where").value(b.where).end_object();
  json.end_array().key("warnings").begin_array();
  for (const std::string& warning : c.text.warnings) json.value(warning);
  return json.end_array().end_object().take();
}

}  // namespace mw::access_policy
