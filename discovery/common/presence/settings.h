// settings: the options that discovery.beacon and discovery.broadcast share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/interface.h"
#include "common/presence/caller.h"

#include <mw/host_services.h>
#include <mw/options.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::presence {

struct common_options {
  std::vector<std::string> interfaces{"127.0.0.1"};
  std::uint16_t port = 7446;
  std::optional<endpoint> address;
  std::optional<secret> key;
  bool open = false;
  duration interval = 1s;
  std::uint32_t missed = 4;
  duration clock_skew = 1min;
  std::uint32_t peers_max = 1000;
  rate packets{500};

  void fields(field_visitor& v);
};

// Without those that are wrong, which fields() has said.
[[nodiscard]] std::vector<lan::interface> interfaces_of(const common_options& opt);
// Anybody there could say anything: no key, and not only on this machine.
[[nodiscard]] bool open_to_others(const common_options& opt);
[[nodiscard]] caller_settings settings_of(const common_options& opt, const node_info& self,
                                          wall_time born);

}  // namespace mw::presence
