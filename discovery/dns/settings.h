// settings: the options of discovery.dns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/finding.h"
#include "search.h"

#include <mw/options.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::dns {

struct settings {
  std::vector<std::string> services;
  std::vector<endpoint> hosts;
  std::vector<endpoint> servers;
  file_path resolv_conf{"/etc/resolv.conf"};
  duration timeout = 700ms;
  std::uint32_t attempts = 3;
  family addresses = family::both;
  bool all_priorities = false;
  duration ttl_min = 1s;
  duration ttl_max = 1h;
  std::uint32_t negatives = 3;
  std::string zone;

  void fields(field_visitor& v);
};

// The names to look for; empty when one is wrong, which fields() has said.
[[nodiscard]] std::vector<wanted> wanted_by(const settings& opt);

}  // namespace mw::dns
