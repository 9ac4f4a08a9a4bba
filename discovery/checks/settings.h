// settings: the options of discovery.checks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"

#include <mw/options.h>
#include <mw/processes.h>

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::checks {

enum class check_kind : std::uint8_t { tcp, http, grpc, exec, ttl };
constexpr std::array<std::string_view, 5> option_names(check_kind) {
  return {"tcp", "http", "grpc", "exec", "ttl"};
}
enum class check_of : std::uint8_t { node, peers };
constexpr std::array<std::string_view, 2> option_names(check_of) {
  return {"node", "peers"};
}
enum class http_method : std::uint8_t { get, head };
constexpr std::array<std::string_view, 2> option_names(http_method) {
  return {"get", "head"};
}

struct http_settings {
  http_method method = http_method::get;
  std::string path = "/";
  std::string host;
  std::map<std::string, std::string> headers;
  std::vector<range> statuses{{200, 299}};
  std::vector<range> warnings;
  std::string contains;
  byte_size body_max{64 * 1024};
  void fields(field_visitor& v);
};

struct grpc_settings {
  std::string service;
  void fields(field_visitor& v);
};

// A command, for checks and for recovery.
struct command_settings {
  std::vector<std::string> command;
  std::map<std::string, std::string> environment;
  file_path directory;
  duration grace = 1s;
  byte_size output_max{4096};
  byte_size memory{std::uint64_t{2} << 30U};
  duration cpu = 10s;
  std::uint32_t processes = 0;
  std::int64_t user = -1;
  std::int64_t group = -1;
  void fields(field_visitor& v);
  [[nodiscard]] process_spec spec(duration time_limit) const;
};

struct restart_settings {
  command_settings run;
  duration time_limit = 30s;
  std::uint32_t budget = 3;
  duration window = 10min;
  duration again = 1min;
  void fields(field_visitor& v);
};

struct check_settings {
  std::string name;
  check_kind kind = check_kind::tcp;
  check_of of = check_of::node;
  std::string subject;
  endpoint target;
  std::uint16_t port = 0;
  duration interval = 10s;
  double jitter = 0.1;
  duration timeout = 3s;
  std::uint32_t failures = 3;
  std::uint32_t passes = 2;
  double weight = 1;
  bool critical = false;
  bool evidence = false;
  bool alert = false;
  duration ramp{};
  http_settings http;
  grpc_settings grpc;
  command_settings exec;
  restart_settings restart;
  void fields(field_visitor& v);

 private:
  void fields_of_time(field_visitor& v);
  void fields_of_outcome(field_visitor& v);
  void check(field_visitor& v) const;
};

struct settings {
  std::vector<check_settings> checks;
  bool allow_exec = false;
  std::uint32_t concurrent = 16;
  std::uint32_t targets = 10'000;
  double warning_share = 0.5;
  double hysteresis = 0.05;
  duration repeat = 1min;
  void fields(field_visitor& v);
  // `node`: whose health checks of this node speak about.
  [[nodiscard]] std::vector<check_rules> rules(const std::string& node) const;
  [[nodiscard]] board_rules bounds() const;
};

}  // namespace mw::checks
