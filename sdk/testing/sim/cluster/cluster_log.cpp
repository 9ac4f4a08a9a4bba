// cluster_log: formats lines and feeds them into the trace, whether they are shown or not.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_log.h"

#include <mw/toolkit/hash.h>

#include <array>
#include <cstdio>
#include <utility>

namespace mw::sim {

namespace {

log_level level_of(const std::string& module, const kernel::log_section& settings) {
  const auto own = settings.levels.find(module);
  const kernel::level_name name = own == settings.levels.end() ? settings.level : own->second;
  return static_cast<log_level>(name);
}

}  // namespace

cluster_log::cluster_log(log_target target, std::string node, std::string module,
                         const kernel::log_section& settings)
    : target_(target),
      node_(std::move(node)),
      module_(std::move(module)),
      level_(level_of(module_, settings)) {}

void cluster_log::write(log_level level, const log_message& message,
                        std::span<const log_value> values) {
  std::string text;
  const wall_time at{target_.world.now()};  // counted from the beginning of the world
  kernel::append_line({at, level, module_, message.text, values, 0}, kernel::log_form::json, text);
  // The trace must not depend on who is watching.
  target_.world.note("log", hash_text(text));
  if (!target_.show) return;
  text.clear();
  kernel::append_line({at, level, module_, message.text, values, 0}, kernel::log_form::text, text);
  // The line begins with a date and a time of the wall clock, which say nothing here.
  const std::string_view rest = std::string_view(text).substr(text.find(' ') + 1);
  target_.show(line_start(target_.world.now(), node_) +
               std::string(rest.substr(0, rest.size() - 1)));
}

std::string line_start(duration now, std::string_view node) {
  std::array<char, 48> time{};
  const auto seconds = static_cast<long long>(now / 1s);
  const auto rest = static_cast<long long>((now % 1s) / 1us);
  (void)std::snprintf(time.data(), time.size(), "%6lld.%06lld ", seconds, rest);
  return time.data() + std::string(node) + " ";
}

}  // namespace mw::sim
