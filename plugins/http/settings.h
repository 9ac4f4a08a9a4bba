// settings: what the YAML stanza may say, and the limits that follow from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/gatekeeper.h"
#include "wire/limits.h"

#include <mw/options.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mw::http {

// The name of the token that each start draws.
inline constexpr std::string_view own_token_name = "admin";

// One of `tokens`, for people and programs that are not on this machine.
struct token_setting {
  std::string name;
  secret value;
  role may = role::read;

  void fields(field_visitor& v);
};

struct settings {
  endpoint listen{"127.0.0.1", 7480};
  auth_mode auth = auth_mode::token;
  file_path token_file{"admin.token"};
  std::vector<token_setting> tokens;
  std::map<std::string, role> identities;
  std::vector<std::string> open{"/livez", "/readyz", "/startupz", "/healthz"};
  std::uint32_t failures_max = 10;
  duration cool_down_window = 30s;
  std::vector<std::string> hosts;
  std::vector<std::string> origins;

  std::uint32_t connections = 1024;
  std::uint32_t feeds = 256;
  byte_size request_line{8 * 1024};
  byte_size headers{16 * 1024};
  std::uint32_t header_count = 64;
  byte_size body{1024 * 1024};
  byte_size body_memory{64 * 1024 * 1024};
  byte_size websocket_message{64 * 1024};
  byte_size send_limit{256 * 1024};

  duration header_deadline = 5s;
  duration body_deadline = 30s;
  duration request_deadline = 30s;
  duration write_deadline = 10s;
  duration idle_timeout = 60s;
  duration heartbeat = 15s;

  void fields(field_visitor& v);

  [[nodiscard]] request_limits limits() const;
  // Without the node's own token and without a policy.
  [[nodiscard]] gate_rules gate() const;
  // How often deadlines are looked at: a quarter of the shortest, between 10 ms and 1 s.
  [[nodiscard]] duration sweep_period() const;
};

}  // namespace mw::http
