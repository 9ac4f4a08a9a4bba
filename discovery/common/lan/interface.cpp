// interface: see interface.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/lan/interface.h"

#include <algorithm>
#include <charconv>

namespace mw::lan {
namespace {

failure not_one(std::string_view text) {
  return {errc::invalid, "'" + std::string(text.substr(0, 80)) +
                             "' is not an address of this node such as 192.168.1.5/24, "
                             "127.0.0.1 or fe80::1%eth0"};
}

bool is_any(const dns::address& at) {
  return std::all_of(at.bytes.begin(), at.bytes.end(), [](std::uint8_t b) { return b == 0; });
}

bool same_network(const dns::address& a, const dns::address& b, unsigned bits) {
  for (unsigned i = 0; i < bits; ++i) {
    const auto bit = [i](const dns::address& of) { return of.bytes[i / 8] >> (7 - i % 8) & 1; };
    if (bit(a) != bit(b)) return false;
  }
  return true;
}

}  // namespace

std::string interface::host() const {
  return to_string(at) + (scope.empty() ? "" : "%" + scope);
}

bool interface::is_loopback() const {
  return lan::is_loopback(at);
}

dns::address address_of(std::string_view host) {
  return dns::parse_address(host.substr(0, host.find('%')));
}

bool is_loopback(const dns::address& at) {
  if (at.size == 4) return at.bytes[0] == 127;
  return at.size == 16 && at.bytes[15] == 1 &&
         std::all_of(at.bytes.begin(), at.bytes.end() - 1, [](std::uint8_t b) { return b == 0; });
}

bool is_link_local(const dns::address& at) {
  if (at.size == 4) return at.bytes[0] == 169 && at.bytes[1] == 254;
  return at.size == 16 && at.bytes[0] == 0xfe && (at.bytes[1] & 0xc0U) == 0x80U;
}

result<interface> parse_interface(std::string_view text) {
  interface out;
  const std::size_t slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  out.at = address_of(host);
  if (out.at.size == 0 || is_any(out.at)) return not_one(text);
  if (const std::size_t percent = host.find('%'); percent != std::string_view::npos) {
    out.scope = host.substr(percent + 1);
    if (out.scope.empty() || out.scope.size() > 15 || out.at.size == 4) return not_one(text);
  }
  const unsigned bits_max = out.at.size == 4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    unsigned bits = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (fault != std::errc{} || end != digits.data() + digits.size() || bits == 0 ||
        bits > bits_max)
      return not_one(text);
    out.prefix = static_cast<std::uint8_t>(bits);
  } else if (out.is_loopback()) {
    out.prefix = out.at.size == 4 ? 8 : 128;
  }
  return out;
}

bool on_link(const interface& where, const dns::address& from) {
  if (from.size == 0) return false;
  if (where.at.size == 16 && is_link_local(from)) return !where.is_loopback();
  if (where.at.size != from.size) return false;
  if (!where.is_loopback() && is_loopback(from)) return false;
  return same_network(where.at, from, where.prefix);
}

dns::address broadcast_of(const interface& where) {
  if (where.at.size != 4 || where.prefix == 0 || where.prefix > 30) return {};
  dns::address out = where.at;
  for (unsigned i = where.prefix; i < 32; ++i)
    out.bytes[i / 8] = static_cast<std::uint8_t>(out.bytes[i / 8] | 0x80U >> i % 8);
  return out;
}

std::optional<endpoint> told_on(const interface& where, const endpoint& at) {
  const dns::address numeric = address_of(at.host);
  if (numeric.size == 0) return at;  // a name: whoever hears it resolves it
  if (is_any(numeric)) return endpoint{.host = to_string(where.at), .port = at.port};
  if (is_loopback(numeric) && !where.is_loopback()) return std::nullopt;
  return at;
}

result<endpoint> reachable(const std::string& address) {
  const auto at = parse_endpoint(address);
  if (at && !at->local && at->port != 0) return at;
  return failure(errc::invalid, "'" + address.substr(0, 80) +
                                    "' is not an endpoint that others can reach; write host:port, "
                                    "such as 10.0.0.5:7400");
}

}  // namespace mw::lan
