// access: comparisons only; names are never resolved.
// SPDX-License-Identifier: Apache-2.0
#include "gate/access.h"

#include <algorithm>

namespace mw::http {
namespace {

bool is_ipv4(std::string_view host) {
  int dots = 0;
  int digits = 0;
  for (const char c : host) {
    if (c == '.') {
      if (digits == 0) return false;
      digits = 0;
      ++dots;
    } else if (c < '0' || c > '9' || ++digits > 3) {
      return false;
    }
  }
  return dots == 3 && digits > 0;
}

bool contains(const std::vector<std::string>& names, std::string_view wanted) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return equals_ignoring_case(name, wanted); });
}

// As contains(), with "*" for any name and "*.example.org" for any name below that one.
bool matches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    if (!pattern.starts_with('*')) return equals_ignoring_case(pattern, name);
    pattern.remove_prefix(1);
    return name.size() > pattern.size() &&
           equals_ignoring_case(name.substr(name.size() - pattern.size()), pattern);
  });
}

}  // namespace

access_rules::access_rules(const endpoint& listen, std::vector<std::string> hosts,
                           std::vector<std::string> origins)
    : hosts_(std::move(hosts)),
      origins_(std::move(origins)),
      loopback_(!listen.local && is_loopback(listen.host)),
      local_(listen.local) {}

refusal access_rules::fault_of(const request& asked) const {
  if (!host_allowed(asked.host()))
    return {421, "the host " + quoted(asked.host()) +
                     " is not served here; add it to the option `hosts` if it should be"};
  if (asked.count("origin") > 1) return {400, "there is more than one Origin header"};
  const std::string_view origin = asked.header("origin");
  if (asked.count("origin") == 1 && !origin_allowed(origin, asked.host()))
    return {403, "pages of the origin " + quoted(origin) +
                     " may not call this node; add it to the option `origins` if they should"};
  // Requests without Origin that a page of another site causes: images, scripts, forms by GET.
  // Following a link is fine: the page that holds it sees nothing of the answer.
  const bool crosses = equals_ignoring_case(asked.header("sec-fetch-site"), "cross-site") ||
                       equals_ignoring_case(asked.header("sec-fetch-site"), "same-site");
  const bool follows_link = equals_ignoring_case(asked.header("sec-fetch-mode"), "navigate") &&
                            (asked.method == verb::get || asked.method == verb::head);
  if (crosses && origin.empty() && !follows_link)
    return {403, "a page of another site caused this request (Sec-Fetch-Site: " +
                     quoted(asked.header("sec-fetch-site")) + "); only links may lead here"};
  return {0, {}};
}

bool access_rules::host_allowed(std::string_view host_and_port) const {
  // HTTP/1.0 without Host is not a browser.
  if (local_ || host_and_port.empty()) return true;
  const auto parsed = parse_authority(host_and_port);
  if (!parsed) return false;
  if (loopback_ ? is_loopback(parsed->host) : is_address(parsed->host)) return true;
  return matches(hosts_, parsed->host) || matches(hosts_, host_and_port);
}

bool access_rules::origin_allowed(std::string_view origin, std::string_view host_and_port) const {
  if (contains(origins_, origin)) return true;
  const std::size_t mark = origin.find("://");
  if (mark == std::string_view::npos || host_and_port.empty()) return false;  // "null", too
  return equals_ignoring_case(origin.substr(mark + 3), host_and_port);
}

bool is_address(std::string_view host) {
  if (!host.starts_with('[')) return is_ipv4(host);
  return host.ends_with(']') && host.find_first_not_of("0123456789abcdefABCDEF:.[]") == host.npos;
}

bool is_loopback(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return equals_ignoring_case(host, "localhost") || host == "::1" ||
         (host.starts_with("127.") && is_ipv4(host));
}

}  // namespace mw::http
