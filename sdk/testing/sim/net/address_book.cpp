// address_book: numeric addresses by number, and the rules of binding.
// SPDX-License-Identifier: Apache-2.0
#include "address_book.h"

#include <arpa/inet.h>

#include <algorithm>

namespace mw::sim {

namespace {

place_key at_port(std::uint32_t address, std::uint16_t port) {
  return (static_cast<place_key>(address) << 16) | port;
}

// The usual spelling of a numeric address; empty when it is none.
std::string canonical(const std::string& host, address_kind& kind) {
  unsigned char raw[16] = {};
  char text[INET6_ADDRSTRLEN] = "";
  if (inet_pton(AF_INET, host.c_str(), raw) == 1) {
    if (raw[0] == 127) kind = address_kind::loopback;
    if (raw[0] >= 224 && raw[0] < 240) kind = address_kind::multicast;
    inet_ntop(AF_INET, raw, text, sizeof text);
    if (std::string_view(text) == "0.0.0.0") kind = address_kind::wildcard;
    if (std::string_view(text) == "255.255.255.255") kind = address_kind::broadcast;
    return text;
  }
  if (inet_pton(AF_INET6, host.c_str(), raw) != 1) return {};
  if (raw[0] == 0xff) kind = address_kind::multicast;
  inet_ntop(AF_INET6, raw, text, sizeof text);
  if (std::string_view(text) == "::") kind = address_kind::wildcard;
  if (std::string_view(text) == "::1") kind = address_kind::loopback;
  return text;
}

failure not_numeric(const endpoint& at) {
  return {errc::invalid, to_string(at) +
                             " is not a numeric address such as 127.0.0.1:7400, [::1]:7400 or"
                             " unix:/run/mw.sock"};
}

}  // namespace

void address_book::add_node(std::string_view address, bool own_loopback) {
  const std::uint32_t number = intern(address);
  addresses_[number].owner = nodes_.size();
  addresses_[number].kind = address_kind::plain;  // 127.0.0.2 may well be a node's own
  nodes_.push_back({number, own_loopback});
}

const std::string& address_book::own_address(std::size_t node) const {
  return addresses_[nodes_[node].own].text;
}

std::uint32_t address_book::intern(std::string_view host) {
  std::string raw(host);
  if (const auto found = numbers_.find(raw); found != numbers_.end()) return found->second;
  address_kind kind = address_kind::plain;
  std::string text = canonical(raw, kind);
  if (text.empty()) return 0;
  return intern_as(raw, kind, std::move(text));
}

std::uint32_t address_book::intern_as(std::string_view raw, address_kind kind, std::string text) {
  auto found = numbers_.find(text);
  if (found == numbers_.end()) {
    found = numbers_.emplace(text, static_cast<std::uint32_t>(addresses_.size())).first;
    addresses_.push_back({std::move(text), kind, std::nullopt});
  }
  const std::uint32_t number = found->second;
  numbers_.emplace(raw, number);
  return number;
}

// Unix paths belong to one node: they become addresses that no text of a numeric one equals.
std::uint32_t address_book::resolve(std::size_t node, const endpoint& at) {
  if (!at.local) {
    const std::uint32_t number = intern(at.host);
    const bool loopback = addresses_[number].kind == address_kind::loopback;
    return loopback && nodes_[node].own_loopback ? nodes_[node].own : number;
  }
  if (at.host.empty()) return 0;
  const std::string raw = "unix " + std::to_string(node) + " " + at.host;
  const std::uint32_t number = intern_as(raw, address_kind::local, raw);
  addresses_[number].owner = node;
  return number;
}

result<std::vector<place_key>> address_book::places(std::size_t node, const endpoint& at) {
  const std::uint32_t number = resolve(node, at);
  const address_info& address = addresses_[number];
  if (number == 0) return not_numeric(at);
  const bool foreign = address.kind == address_kind::plain && address.owner != node;
  if (foreign || address.kind == address_kind::broadcast)
    return {errc::invalid, "cannot bind " + to_string(at) +
                               ": not an address of this node, which has " + own_address(node)};
  if (address.kind != address_kind::wildcard)
    return std::vector<place_key>{at_port(number, at.local ? 0 : at.port)};
  std::vector<place_key> all{at_port(nodes_[node].own, at.port)};
  if (!nodes_[node].own_loopback) {
    all.push_back(at_port(intern("127.0.0.1"), at.port));
    all.push_back(at_port(intern("::1"), at.port));
  }
  return all;
}

result<place_key> address_book::target(std::size_t node, const endpoint& to) {
  std::uint32_t number = resolve(node, to);
  if (number == 0) return not_numeric(to);
  // As on real systems, "any address" as a destination means this machine.
  if (addresses_[number].kind == address_kind::wildcard)
    number = resolve(node, {"127.0.0.1", to.port});
  return at_port(number, to.local ? 0 : to.port);
}

place_key address_book::source(std::size_t node, std::uint16_t port, place_key target) {
  const address_kind to = kind(target);
  const bool same = to == address_kind::loopback || to == address_kind::local;
  return at_port(same ? static_cast<std::uint32_t>(target >> 16) : nodes_[node].own, port);
}

endpoint address_book::to_endpoint(place_key place) const {
  const address_info& address = info(place);
  if (address.kind != address_kind::local)
    return {address.text, static_cast<std::uint16_t>(place & 0xffff)};
  const std::size_t path = address.text.find(' ', 5);
  return {address.text.substr(path + 1), 0, true};
}

}  // namespace mw::sim
