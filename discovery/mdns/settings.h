// settings: the options of discovery.mdns.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/interface.h"
#include "core/model.h"

#include <mw/options.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::mdns {

struct options {
  std::string service = "_meshwright._tcp.local";
  std::vector<std::string> interfaces{"127.0.0.1"};
  std::optional<endpoint> address;
  std::uint32_t peers_max = 1000;
  rate packets{200};
  rate replies{20};

  void fields(field_visitor& v);
};

// Without those that are wrong, which fields() has said.
[[nodiscard]] std::vector<lan::interface> interfaces_of(const options& opt);
[[nodiscard]] settings settings_of(const options& opt);

}  // namespace mw::mdns
