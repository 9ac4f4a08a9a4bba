// http_address: parsing and comparing; names are never resolved.
// SPDX-License-Identifier: Apache-2.0
#include "http_address.h"

#include <algorithm>

namespace mw::kernel::cli {
namespace {

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}
bool is_any(const std::string& host) {
  return host == "0.0.0.0" || host == "::";
}

}  // namespace

result<http_address> parse_http_address(std::string_view text) {
  const std::string whole(text);
  http_address out;
  out.tls = text.starts_with("https://");
  if (out.tls || text.starts_with("http://")) text.remove_prefix(out.tls ? 8 : 7);
  if (text.starts_with("unix:")) {
    auto at = parse_endpoint(text);
    if (!at || out.tls) return failure(errc::invalid, "'" + whole + "' is no address");
    out.at = std::move(*at);
    return out;
  }
  const std::size_t slash = std::min(text.find('/'), text.size());
  out.path = text.substr(slash);
  if (out.path == "/") out.path.clear();
  const bool clean =
      std::all_of(out.path.begin(), out.path.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  auto at = parse_endpoint(text.substr(0, slash));
  if (!at || at->local || at->host.empty() || !clean)
    return failure(errc::invalid,
                   "'" + whole + "' is no address; write it like http://127.0.0.1:7480");
  out.at = std::move(*at);
  return out;
}

std::string to_string(const http_address& address) {
  const std::string at = mw::to_string(address.at);
  if (address.at.local) return at;
  return (address.tls ? "https://" : "http://") + at;
}

std::string host_line(const http_address& address) {
  return address.at.local ? "localhost" : mw::to_string(address.at);
}

bool answers_at(const endpoint& listening, const endpoint& asked) {
  if (listening == asked) return true;
  if (listening.local || asked.local || listening.port != asked.port) return false;
  return is_loopback(asked.host) && (is_loopback(listening.host) || is_any(listening.host));
}

}  // namespace mw::kernel::cli
