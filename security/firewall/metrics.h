// metrics: what the firewall counts, in one place and under one set of names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ledger.h"

#include <mw/host.h>

#include <vector>

namespace mw::firewall {

class firewall_metrics {
 public:
  explicit firewall_metrics(const host& h);

  // Brings all cells to what the ledger says; cheap when nothing was refused since.
  void update(const ledger& from);

  counter accepted, dialled, cool_downs, pardons, reads, read_failures;
  gauge listed;

 private:
  gauge connections_, unproved_, peers_, memory_, streams_, cooling_, banned_;
  std::vector<counter> refused_;
  std::vector<counter> offences_;
  counter forgotten_;
};

}  // namespace mw::firewall
