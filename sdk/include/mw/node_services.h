// node_services: contracts that the kernel itself provides to plug-ins that declare them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/bus.h>
#include <mw/function.h>
#include <mw/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

enum class plugin_phase : std::uint8_t {
  waiting,
  starting,
  ready,
  degraded,
  failed,
  draining,
  stopped
};
[[nodiscard]] std::string_view to_string(plugin_phase phase) noexcept;

// One plug-in of this node as people see it.
struct plugin_status {
  std::string name;   // the key in the YAML
  std::string type;   // what `use:` names
  std::string where;  // "node.yaml:12"
  plugin_phase phase = plugin_phase::waiting;
  bool required = true;  // false: the node is ready without it
  std::string reason;    // why it is not ready, as the plug-in or the kernel says
};

enum class node_phase : std::uint8_t { starting, ready, draining, stopped };

// Truthful readiness: what `/readyz` and `mw status` print.
class node_status {
 public:
  static constexpr std::string_view contract = "node.status/1";

  [[nodiscard]] virtual node_phase phase() const = 0;
  [[nodiscard]] virtual std::vector<plugin_status> plugins() const = 0;

 protected:
  ~node_status() = default;
};

// The metrics of the whole node in the Prometheus text format.
class metrics_source {
 public:
  static constexpr std::string_view contract = "metrics.source/1";

  // Renders on a worker thread; `done` runs in a later turn. `overloaded` when a render waits
  // already.
  virtual void render(function<void(result<std::string>)> done) = 0;

 protected:
  ~metrics_source() = default;
};

// One event as a tap sees it; borrowed during the call.
struct tapped_event {
  const event_type& type;
  const void* event;
  std::string_view publisher;  // the plug-in's name in the YAML
  wall_time at;
};

// Listens to topics chosen at run time. For recorders, logs and tools.
class event_tap {
 public:
  static constexpr std::string_view contract = "event.tap/1";

  // `topics` is a pattern such as "peer.*" or "*"; `where` a filter as in the YAML bus section, or
  // empty. `invalid` with the position in the filter text when it does not parse.
  virtual result<subscription> listen(std::string_view topics, std::string_view where,
                                      std::uint32_t queue_size,
                                      function<void(const tapped_event&)> handler) = 0;

 protected:
  ~event_tap() = default;
};

// The event as one JSON object with its topic, publisher, time and fields.
[[nodiscard]] std::string to_json(const tapped_event& event);

}  // namespace mw
