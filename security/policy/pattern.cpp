// pattern: wildcards are taken for a letter, so that the grammar of names checks the whole.
// SPDX-License-Identifier: Apache-2.0
#include "pattern.h"

#include "common/spiffe/spiffe_id.h"

#include <algorithm>

namespace mw::access_policy {
namespace {

std::string_view form_of(name_kind kind) {
  switch (kind) {
    case name_kind::service:
      return "names of services and groups are a-z, 0-9, _ and - between dots, such as orders.get";
    case name_kind::page:
      return "paths of admin pages are /, then a-z, 0-9, . _ - and ~ between slashes, such as "
             "/routing/dead";
    case name_kind::subject:
      return "identities are spiffe://domain/path, a plain name of a-z, 0-9, . _ - @ :, or one of "
             "self and anonymous";
  }
  return {};
}

char separator_of(name_kind kind) {
  return kind == name_kind::service ? '.' : '/';
}

failure wrong(name_kind kind, std::string_view text, std::string_view why) {
  return {errc::invalid, quoted(text) + " " + std::string(why) + "; " + std::string(form_of(kind))};
}

// The text with each wildcard segment replaced by a letter, and the places of these.
struct flattened {
  std::string text;
  std::vector<std::size_t> stars;  // numbers of segments, from the first after the prefix
  bool rest = false;
};

status flatten(name_kind kind, std::string_view text, std::string_view body, flattened& out) {
  const char separator = separator_of(kind);
  std::size_t number = 0;
  for (bool more = true; more; ++number) {
    const std::size_t end = std::min(body.find(separator), body.size());
    const std::string_view part = body.substr(0, end);
    more = end < body.size();
    body.remove_prefix(more ? end + 1 : end);
    if (out.rest) return wrong(kind, text, "has something behind **, which takes all the rest");
    if (part == "**") {
      out.rest = true;
      continue;
    }
    if (part.empty()) return wrong(kind, text, "is not canonical: a segment is empty");
    if (part.find('*') != std::string_view::npos && part != "*")
      return wrong(kind, text, "has a * inside a segment: it stands for a whole one");
    if (number != 0) out.text += separator;
    if (part == "*") out.stars.push_back(number);
    out.text += part == "*" ? "x" : part;
  }
  if (out.stars.size() > stars_max) return wrong(kind, text, "has more than 4 *");
  if (number > depth_max) return wrong(kind, text, "has more than 16 segments");
  return {};
}

result<pattern> parse_words(name_kind kind, std::string_view text) {
  if (text == "self" || text == "anonymous")
    return pattern{kind, {std::string(), std::string(text)}, false};
  segments found;
  if (text.empty() || text == self_subject || !split(kind, text, found))
    return wrong(kind, text, "is not an identity");
  pattern made{kind, {}, false};
  for (std::size_t i = 0; i < found.count; ++i) made.parts.emplace_back(found.each[i].text);
  return made;
}

// What stands in front of the segments that may be wildcards.
std::string_view prefix_of(name_kind kind, std::string_view text) {
  if (kind == name_kind::service) return {};
  if (kind == name_kind::page) return text.substr(0, 1);
  const std::size_t slash = text.find('/', spiffe::scheme.size());
  return slash == std::string_view::npos ? text : text.substr(0, slash + 1);
}

}  // namespace

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t shown_max = 64;
  std::string out = "'";
  for (const char c : text.substr(0, shown_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= ' ' && byte <= '~') {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    }
  }
  return out + (text.size() > shown_max ? "...'" : "'");
}

result<pattern> parse_pattern(name_kind kind, std::string_view text) {
  if (text.size() > spiffe::id_size_max) return wrong(kind, text, "has more than 2048 bytes");
  if (kind == name_kind::subject && !text.starts_with(spiffe::scheme))
    return parse_words(kind, text);
  if (kind == name_kind::page && !text.starts_with('/'))
    return wrong(kind, text, "does not begin with a slash");
  if (kind == name_kind::page && text == "/") return pattern{kind, {}, false};
  const std::string_view prefix = prefix_of(kind, text);
  flattened flat;
  MW_CHECK(flatten(kind, text, text.substr(prefix.size()), flat));
  const bool bare = flat.rest && flat.text.empty();  // nothing but **
  segments found;
  const std::string whole = std::string(prefix) + (bare ? "x" : flat.text);
  if (!split(kind, whole, found)) return wrong(kind, text, "is not canonical");
  if (found.deeper) return wrong(kind, text, "has more than 16 segments");
  pattern made{kind, {}, flat.rest};
  const std::size_t fixed = kind == name_kind::subject ? 1 : 0;  // the trust domain
  for (std::size_t i = 0; i + (bare ? 1 : 0) < found.count; ++i)
    made.parts.emplace_back(found.each[i].text);
  for (const std::size_t star : flat.stars) made.parts[star + fixed] = "*";
  return made;
}

std::string to_string(const pattern& p) {
  std::string out;
  if (p.kind == name_kind::subject && p.parts.front().empty()) return p.parts.back();
  if (p.kind == name_kind::subject) out = spiffe::scheme;
  if (p.kind == name_kind::page) out = "/";
  const char separator = separator_of(p.kind);
  for (std::size_t i = 0; i < p.parts.size(); ++i) {
    if (i != 0) out += separator;
    out += p.parts[i];
  }
  if (p.rest && !p.parts.empty()) out += separator;
  return out + (p.rest ? "**" : "");
}

bool matches(const pattern& p, const segments& name) noexcept {
  if (name.count < p.parts.size()) return false;
  if (!p.rest && (name.count > p.parts.size() || name.deeper)) return false;
  for (std::size_t i = 0; i < p.parts.size(); ++i)
    if (p.parts[i] != "*" && p.parts[i] != name.each[i].text) return false;
  return true;
}

}  // namespace mw::access_policy
