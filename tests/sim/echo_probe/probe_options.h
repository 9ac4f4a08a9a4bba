// probe_options: what the probe is told in the YAML, its planted bugs included.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>
#include <mw/options.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace echo_probe {

// Mistakes that people make. The simulator has to find each of them within a number of seeds.
enum class planted_bug : std::uint8_t {
  none,
  ack_before_sync,        // says that a record is kept when the system has only taken it
  forget_directory_sync,  // renames a file and believes that the name lasts
  trust_reads,            // takes each read for a whole line
  trust_packets,          // does not look at the checksum of a packet
};
constexpr std::array<std::string_view, 5> option_names(planted_bug) {
  return {"none", "ack_before_sync", "forget_directory_sync", "trust_reads", "trust_packets"};
}

struct probe_options {
  mw::endpoint listen{"127.0.0.1", 7410, false};
  std::vector<mw::endpoint> peers;
  mw::file_path file{"records"};
  mw::duration interval = std::chrono::milliseconds(50);
  planted_bug bug = planted_bug::none;

  void fields(mw::field_visitor& v) {
    v.field("listen", listen, "Address for streams and packets.");
    v.field("peers", peers, "Probes that this one sends records and packets to.");
    v.field("file", file, "Where records of others are kept, in the data directory.");
    v.field("interval", interval, "Time between two records and between two packets.");
    v.field("bug", bug, "A planted mistake; the invariants have to notice it.");
  }
};

// What the parts of a probe share. Lives as long as the plug-in.
struct probe_context {
  mw::host& host;
  probe_options options;

  [[nodiscard]] bool has(planted_bug bug) const { return options.bug == bug; }
  // An invariant does not hold: ends the node, which the report of the simulation shows.
  void broken(std::string_view what) const {
    host.status().failed("invariant broken: " + std::string(what));
  }
};

}  // namespace echo_probe
