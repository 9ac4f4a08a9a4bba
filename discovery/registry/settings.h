// settings: the options of discovery.registry.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/merge.h"

#include <mw/options.h>

#include <string>
#include <vector>

namespace mw::registry {

inline constexpr std::size_t sources_max = 16;

struct mass_options {
  double fraction = 0.3;
  std::uint32_t least = 3;
  duration window = 30s;
  duration hold = 5min;

  void fields(field_visitor& v);
  [[nodiscard]] hold_rules rules() const { return {fraction, least, window, hold}; }
};

struct settings {
  std::vector<std::string> sources;  // the slot of the same name, as names
  address_choice addresses = address_choice::first;
  duration check_every = 30s;
  duration patience = 10s;
  mass_options mass_removal;

  void fields(field_visitor& v);
};

}  // namespace mw::registry
