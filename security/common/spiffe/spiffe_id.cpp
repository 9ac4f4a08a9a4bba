// spiffe_id: one pass over the authority, one over the path.
// SPDX-License-Identifier: Apache-2.0
#include "common/spiffe/spiffe_id.h"

#include <algorithm>

namespace mw::spiffe {
namespace {

fault domain_fault(char c) {
  if (c == '@') return fault::userinfo;
  if (c == ':') return fault::port;
  if (c == '%') return fault::percent;
  if (c >= 'A' && c <= 'Z') return fault::domain_case;
  return is_domain_character(c) ? fault::none : fault::domain_character;
}

fault path_fault(char c) {
  if (c == '%') return fault::percent;
  return c == '/' || is_path_character(c) ? fault::none : fault::path_character;
}

parsed wrong(fault what, std::size_t at) {
  return {what, at, {}, {}};
}

parsed check_domain(std::string_view text, std::size_t end) {
  // Of a name and port or a user and domain, the @ or the colon is what is wrong.
  const std::string_view domain = text.substr(scheme.size(), end - scheme.size());
  if (domain.empty()) return wrong(fault::empty_domain, scheme.size());
  const std::size_t at = domain.find('@');
  if (at != std::string_view::npos) return wrong(fault::userinfo, scheme.size() + at);
  for (std::size_t i = 0; i < domain.size(); ++i)
    if (const fault what = domain_fault(domain[i]); what != fault::none)
      return wrong(what, scheme.size() + i);
  if (domain.size() > domain_size_max)
    return wrong(fault::domain_too_long, scheme.size() + domain_size_max);
  return {fault::none, 0, domain, text.substr(end)};
}

// `from` is where the path begins in the whole name.
parsed check_path(std::string_view path, std::size_t from) {
  for (std::size_t i = 0; i < path.size(); ++i)
    if (const fault what = path_fault(path[i]); what != fault::none) return wrong(what, from + i);
  std::size_t begin = 1;
  while (begin <= path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment.empty())
      return wrong(end == path.size() ? fault::trailing_slash : fault::empty_segment,
                   from + begin - 1);
    if (segment == "." || segment == "..") return wrong(fault::dot_segment, from + begin);
    begin = end + 1;
  }
  return {};
}

}  // namespace

std::string_view rule_of(fault what) noexcept {
  switch (what) {
    case fault::none:
      return "is well formed";
    case fault::too_long:
      return "has at most 2048 bytes";
    case fault::wrong_scheme:
      return "begins with spiffe://, in lower case";
    case fault::userinfo:
      return "has no user name";
    case fault::port:
      return "has no port";
    case fault::empty_domain:
      return "has a trust domain";
    case fault::domain_too_long:
      return "has a trust domain of at most 255 bytes";
    case fault::domain_case:
      return "has its trust domain in lower case";
    case fault::domain_character:
      return "has only a-z, 0-9, dots, dashes and underscores in its trust domain";
    case fault::no_path:
      return "has a path: the name of a domain belongs to its authority";
    case fault::trailing_slash:
      return "does not end with a slash";
    case fault::empty_segment:
      return "has no empty segment";
    case fault::dot_segment:
      return "has no segment . or ..";
    case fault::percent:
      return "is not percent-encoded";
    case fault::query:
      return "has no query";
    case fault::fragment:
      return "has no fragment";
    case fault::path_character:
      return "has only letters, digits, dots, dashes and underscores in its path";
  }
  return "is well formed";
}

parsed parse(std::string_view text) noexcept {
  if (text.size() > id_size_max) return wrong(fault::too_long, id_size_max);
  if (!text.starts_with(scheme)) return wrong(fault::wrong_scheme, 0);
  if (const std::size_t at = text.find('#'); at != std::string_view::npos)
    return wrong(fault::fragment, at);
  if (const std::size_t at = text.find('?'); at != std::string_view::npos)
    return wrong(fault::query, at);
  const std::size_t slash = std::min(text.find('/', scheme.size()), text.size());
  const parsed domain = check_domain(text, slash);
  if (domain.what != fault::none) return domain;
  if (domain.path.empty()) return wrong(fault::no_path, slash);
  if (domain.path == "/") return wrong(fault::trailing_slash, slash);
  const parsed path = check_path(domain.path, slash);
  return path.what != fault::none ? path : domain;
}

}  // namespace mw::spiffe
