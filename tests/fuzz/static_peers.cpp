// static_peers: fuzzes the file of discovery.static: all or nothing, sorted, each address once.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_static_objects mw_sources
#include "peer_file.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto list = static_peers::parse_peers(text);
  if (!list) {
    if (list.error().text().empty()) std::abort();
    return 0;
  }
  const auto by_address = [](const auto& a, const auto& b) { return a.address < b.address; };
  const auto same = [](const auto& a, const auto& b) { return a.address == b.address; };
  if (!std::is_sorted(list->begin(), list->end(), by_address)) std::abort();
  if (std::adjacent_find(list->begin(), list->end(), same) != list->end()) std::abort();
  const auto change = mw::sources::compare(*list, *list);
  if (!change.found.empty() || !change.lost.empty()) std::abort();
  return 0;
}
