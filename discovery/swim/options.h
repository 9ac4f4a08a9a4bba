// options: what the YAML says, and the settings that follow from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/settings.h"

#include <mw/options.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

enum class wire_mode : std::uint8_t { native, serf };
constexpr std::array<std::string_view, 2> option_names(wire_mode) {
  return {"native", "serf"};
}

enum class claims_mode : std::uint8_t { open, signed_only };
constexpr std::array<std::string_view, 2> option_names(claims_mode) {
  return {"open", "signed"};
}

struct options {
  wire_mode wire = wire_mode::native;
  preset profile = preset::lan;
  endpoint bind{"127.0.0.1", 7946, false};
  std::optional<endpoint> bind_also;
  std::optional<endpoint> advertise;
  std::optional<endpoint> address;
  std::vector<endpoint> seeds;
  std::uint16_t seed_port = 0;
  std::string label;
  std::vector<secret> keyring;
  std::optional<file_path> keyring_file;
  std::optional<claims_mode> claims;
  std::uint32_t claim_checks = 1'000;
  std::map<std::string, std::string> tags;
  std::optional<file_path> snapshot;
  bool rejoin_after_leave = false;
  bool leave_on_stop = true;
  duration leave_timeout = 5s;
  std::optional<duration> probe_interval, probe_timeout, gossip_interval, sync_interval;
  std::optional<std::uint32_t> gossip_nodes, indirect_probes, suspicion_factor;
  bool stall_aware = true;
  std::uint32_t members_max = 65'536;
  duration forget_after = 24h;

  void fields(field_visitor& v);
  [[nodiscard]] settings engine_settings() const;

 private:
  void where_fields(field_visitor& v);
  void cluster_fields(field_visitor& v);
  void timing_fields(field_visitor& v);
};

// Tags that this plug-in sets itself.
inline constexpr std::string_view tag_address = "mw_address";
inline constexpr std::string_view tag_zone = "mw_zone";

}  // namespace mw::swim
