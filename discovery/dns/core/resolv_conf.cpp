// resolv_conf: see resolv_conf.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/resolv_conf.h"

#include "common/dns/message.h"

#include <algorithm>
#include <string>

namespace mw::dns {
namespace {

constexpr std::size_t listed_servers_max = 3;
constexpr std::string_view blank = " \t\r";

std::string_view word(std::string_view& line) {
  const std::size_t begin = std::min(line.find_first_not_of(blank), line.size());
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(blank), line.size());
  const std::string_view out = line.substr(0, end);
  line.remove_prefix(end);
  return out;
}

}  // namespace

std::vector<endpoint> servers_in(std::string_view text) {
  std::vector<endpoint> out;
  while (!text.empty() && out.size() < listed_servers_max) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word(line) != "nameserver") continue;
    const std::string_view at = word(line);
    // A scope such as %eth0 stays with the address: the system needs it to dial.
    const address numeric = parse_address(at.substr(0, at.find('%')));
    if (numeric.size != 0) out.push_back({.host = std::string(at), .port = 53});
  }
  return out;
}

}  // namespace mw::dns
