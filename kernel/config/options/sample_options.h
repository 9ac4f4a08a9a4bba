// sample_options: options of every type, for the tests in this folder.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mw::kernel::sample {

enum class mode { lan, wan, local };
constexpr std::array<std::string_view, 3> option_names(mode) {
  return {"lan", "wan", "local"};
}

struct tls_group {
  std::string certificate;
  bool verify = true;

  void fields(field_visitor& v) {
    v.field("certificate", certificate, "The certificate.", required);
    v.field("verify", verify, "Whether peers have to prove who they are.");
  }
};

struct options {
  endpoint listen;
  std::uint16_t backlog = 128;
  bool nodelay = true;
  duration timeout = 250ms;
  byte_size frame{std::uint64_t{16} << 20U};
  rate limit{100};
  range connections{1, 4};
  double threshold = 8;
  mode preset = mode::lan;
  secret password;
  std::vector<endpoint> peers;
  std::map<std::string, std::string> labels;
  std::optional<duration> idle;
  std::optional<tls_group> tls;

  void fields(field_visitor& v) {
    v.field("listen", listen, "Where to listen.", required);
    v.field("backlog", backlog, "Connections that wait.", between{1, 4096}, unit{"connections"});
    v.field("nodelay", nodelay, "Send small packets at once.", live);
    v.field("timeout", timeout, "How long to wait.", between_of(1ms, 10s));
    v.field("frame", frame, "The largest frame.");
    v.field("limit", limit, "Requests.");
    v.field("connections", connections, "How many.", between{1, 64});
    v.field("threshold", threshold, "When to suspect.", at_least{1});
    v.field("preset", preset, "Tuning.");
    v.field("password", password, "Shared.");
    v.field("peers", peers, "Seeds.");
    v.field("labels", labels, "Names.");
    v.field("idle", idle, "When to close.");
    v.field("tls", tls, "Encryption.");
    v.check("timeout", !idle || timeout <= *idle, "must not be above idle");
  }
};

}  // namespace mw::kernel::sample
