// firewall_lists: fuzzes the file of security.firewall: all or nothing, printed as it is read.
// SPDX-License-Identifier: Apache-2.0
// links: security_firewall_objects
#include "networks/list_file.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace firewall = mw::firewall;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto one = firewall::parse_address(text))
    require(firewall::parse_address(to_string(*one)).value() == *one);
  const auto list = firewall::parse_lists(text);
  if (!list) {
    require(!list.error().text().empty());
    require(list.error().text().find('\x1b') == std::string::npos);
    return 0;
  }
  firewall::prefix_trie lists;
  add_to(lists, *list);
  require(lists.size() <= list->size());
  for (const firewall::list_entry& entry : *list) {
    require(entry.at.holds(entry.at.base));
    require(firewall::parse_network(to_string(entry.at)).value() == entry.at);
    require(lists.exactly(entry.at) >= static_cast<firewall::prefix_trie::value_type>(entry.what));
    require(lists.find(entry.at.base).has_value());
  }
  return 0;
}
