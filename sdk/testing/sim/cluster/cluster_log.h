// cluster_log: log lines of simulated nodes, with virtual time; they are part of the trace.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/composition.h"
#include "log/log_sink.h"

#include <mw/sim.h>

#include <string>
#include <string_view>

namespace mw::sim {

// Where lines go. Outlives the logs.
struct log_target {
  sim_world& world;
  const function<void(std::string_view line)>& show;  // may be empty
};

class cluster_log final : public kernel::module_log {
 public:
  // `settings` are those of the node; `module` is the plug-in's name in the YAML.
  cluster_log(log_target target, std::string node, std::string module,
              const kernel::log_section& settings);

  [[nodiscard]] bool enabled(log_level level) const override { return level >= level_; }
  void write(log_level level, const log_message& message,
             std::span<const log_value> values) override;

 private:
  log_target target_;
  const std::string node_;
  const std::string module_;
  log_level level_;
};

// "12.345678 " and the name of the node, as all lines of a simulation begin.
[[nodiscard]] std::string line_start(duration now, std::string_view node);

}  // namespace mw::sim
