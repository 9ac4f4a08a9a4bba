// bus_rules: the `bus:` section as plain data.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// What a full subscription queue does with the next event.
enum class overflow : std::uint8_t {
  drop_oldest,  // keeps the newest events
  drop_newest,  // keeps the oldest events
  coalesce,     // replaces the queued event with the same `key`, else drops the oldest
  latest,       // keeps one event: the newest
};
constexpr std::array<std::string_view, 4> option_names(overflow) {
  return {"drop_oldest", "drop_newest", "coalesce", "latest"};
}

struct queue_section {
  static constexpr std::uint32_t default_size = 1024;
  static constexpr std::uint32_t largest_size = 1 << 20;
  std::uint32_t size = default_size;
  overflow full = overflow::drop_oldest;
  std::string key;

  void fields(field_visitor& v);
};

// One item of the `bus:` list. It speaks of the edges of topic `on` from the plug-ins `from` to the
// plug-ins `to` (empty: all). Edges of a topic that has rules but matches none of them are not
// made.
struct bus_rule {
  std::string on;  // "peer.found" or "peer.found/1"
  std::vector<std::string> from;
  std::vector<std::string> to;
  std::string where;
  queue_section queue;

  void fields(field_visitor& v);
};

// True when `on` of a rule or a tap names `topic`: the full topic, the topic without its version,
// or a pattern that ends in '*'.
[[nodiscard]] bool topic_matches(std::string_view on, std::string_view topic);

}  // namespace mw::kernel
