// metrics: see metrics.h.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <algorithm>

namespace mw::checks {
namespace {

gauge at_level(const host& node, check_level level) {
  return node.gauge("mw_discovery_checks_level", "Checks of all subjects, by level.",
                    {{"level", to_string(level)}});
}

counter of_verdict(const host& node, check_verdict verdict) {
  return node.counter("mw_discovery_checks_verdicts_total", "Verdicts, looked up or pushed.",
                      {{"verdict", to_string(verdict)}});
}

histogram of_kind(const host& node, check_kind kind) {
  return node.histogram("mw_discovery_checks_look_seconds", "How long looks took, by kind.",
                        histogram_unit::seconds,
                        {{"kind", option_names(kind)[static_cast<std::size_t>(kind)]}});
}

void raise_to(const counter& to, std::uint64_t value) {
  to.add(value - to.value());
}

}  // namespace

metrics::metrics(const host& node, const std::vector<check_settings>& checks)
    : bounded(node.counter("mw_discovery_checks_bounded_total",
                           "Looks cut short by a limit on time, output, body or frames.")),
      levels_{at_level(node, check_level::unknown), at_level(node, check_level::passing),
              at_level(node, check_level::warning), at_level(node, check_level::critical)},
      verdicts_{of_verdict(node, check_verdict::pass), of_verdict(node, check_verdict::warn),
                of_verdict(node, check_verdict::fail)},
      seconds_{of_kind(node, check_kind::tcp), of_kind(node, check_kind::http),
               of_kind(node, check_kind::grpc), of_kind(node, check_kind::exec),
               of_kind(node, check_kind::ttl)},
      lowest_(node.gauge("mw_discovery_checks_score_lowest", "The lowest score of all subjects.")),
      running_(node.gauge("mw_discovery_checks_running", "Looks under way.")),
      waiting_(node.gauge("mw_discovery_checks_waiting",
                          "Looks that wait because `concurrent` others are under way.")),
      restarting_(
          node.gauge("mw_discovery_checks_restarting", "Commands of recovery that are running.")),
      put_off_(node.counter("mw_discovery_checks_put_off_total",
                            "Looks that had to wait for others to end.")),
      crowded_(node.counter("mw_discovery_checks_crowded_total",
                            "Checks beyond `targets` that were not made, each time peers were "
                            "counted.")),
      restarts_(node.counter("mw_discovery_checks_restarts_total",
                             "Commands of recovery that were started.")),
      restarts_refused_(node.counter("mw_discovery_checks_restarts_refused_total",
                                     "Recoveries for which no budget was left.")) {
  for (const check_settings& one : checks)
    critical_.push_back(node.gauge("mw_discovery_checks_critical",
                                   "Subjects for which the check is critical.",
                                   {{"check", one.name}}));
  lowest_.set(1);
}

void metrics::show(const board& of, std::size_t restarting) {
  for (std::size_t i = 0; i < levels_.size(); ++i)
    levels_[i].set(static_cast<double>(of.count(static_cast<check_level>(i))));
  const board_counts& counts = of.counts();
  for (std::size_t i = 0; i < verdicts_.size(); ++i) raise_to(verdicts_[i], counts.verdicts[i]);
  lowest_.set(of.lowest_score());
  running_.set(static_cast<double>(of.running()));
  waiting_.set(static_cast<double>(of.waiting()));
  restarting_.set(static_cast<double>(restarting));
  raise_to(put_off_, counts.put_off);
  raise_to(crowded_, counts.crowded);
  raise_to(restarts_, counts.restarts);
  raise_to(restarts_refused_, counts.restarts_refused);
}

}  // namespace mw::checks
