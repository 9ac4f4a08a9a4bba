// metrics: what discovery.anti_entropy counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/table.h"

#include <mw/host.h>

#include <array>
#include <cstdint>

namespace mw::anti_entropy {

class metrics {
 public:
  explicit metrics(const host& node);

  // Of one table after the other: counts start anew with begin_table().
  void show(const table& of);
  void begin_table() { shown_ = {}; }
  void sent(std::size_t bytes) { sent_.add(bytes); }
  void received(std::size_t bytes) { received_.add(bytes); }
  void round_ended(std::size_t differences) {
    rounds_.add();
    differences_.add(differences);
  }
  void round_failed() { failed_.add(); }
  void pushed() { pushes_.add(); }
  void snapshot_failed() { snapshot_failures_.add(); }
  void watcher_refused() { watchers_refused_.add(); }

 private:
  gauge entries_, bytes_, siblings_, removals_, writers_, digest_;
  counter rounds_, failed_, differences_, sent_, received_, pushes_, dropped_, forgotten_;
  counter siblings_dropped_, snapshot_failures_, watchers_refused_;
  std::array<counter, refusal_count> refused_;  // by refusal
  table_counts shown_;
};

}  // namespace mw::anti_entropy
