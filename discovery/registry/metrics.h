// metrics: what discovery.registry counts, for all and by source.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/merge.h"

#include <mw/host.h>

#include <string>
#include <vector>

namespace mw::registry {

class metrics {
 public:
  metrics(const host& node, const std::vector<std::string>& sources);

  void show(const merged_view& view, std::size_t published);
  void show(std::size_t source, const ledger& state);
  void succeeded(std::size_t source, wall_time now);
  void failed(std::size_t source) { of_[source].errors.add(); }

  counter rounds;
  counter released;
  counter refused_announcements;

 private:
  struct by_source {
    gauge listed;
    gauge held;
    gauge healthy;
    gauge last_success;
    counter held_ever;
    counter errors;
  };
  gauge peers_;
  gauge conflicts_;
  gauge left_out_;
  std::vector<by_source> of_;
};

}  // namespace mw::registry
