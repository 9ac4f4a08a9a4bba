// settings: what the YAML stanza may say, and the rules that follow from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/rules.h"
#include "networks/list_file.h"

#include <mw/options.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::firewall {

enum class default_action : std::uint8_t { allow, deny };
constexpr std::array<std::string_view, 2> option_names(default_action) {
  return {"allow", "deny"};
}

// As in transport/WIRE.md; `other` is every kind that this version does not know.
enum class frame_name : std::uint8_t {};
constexpr std::array<std::string_view, admission_scope::frame_kinds> option_names(frame_name) {
  return {"hello",      "confirm", "one_way", "request", "request_item", "request_end",
          "reply_item", "reply",   "refusal", "cancel",  "credit",       "ping",
          "pong",       "goodbye", "reset",   "other"};
}
enum class frame_counted : std::uint8_t { connection, peer };
constexpr std::array<std::string_view, 2> option_names(frame_counted) {
  return {"connection", "peer"};
}
enum class frame_action : std::uint8_t { drop, close };
constexpr std::array<std::string_view, 2> option_names(frame_action) {
  return {"drop", "close"};
}

struct rate_option {
  std::uint32_t v4 = 32;
  std::uint32_t v6 = 64;
  rate connections{50};
  std::uint32_t burst = 100;
  void fields(field_visitor& v);
};
struct frame_option {
  frame_name kind{};
  frame_counted per = frame_counted::connection;
  rate allowed{1000};
  std::uint32_t burst = 1000;
  frame_action action = frame_action::close;
  void fields(field_visitor& v);
};
struct unproved_option {
  std::uint32_t total = 1024;
  std::uint32_t per_address = 16;
  std::uint32_t per_network = 128;
  duration deadline = 5s;
  byte_size memory{64 * 1024};
  void fields(field_visitor& v);
};
struct account_option {
  byte_size memory;
  std::uint32_t connections = 0;
  std::uint32_t streams = 0;
  void fields(field_visitor& v);
};
struct leaf_option {
  byte_size memory{64 * 1024 * 1024};
  std::uint32_t streams = 4096;
  void fields(field_visitor& v);
};
struct limit_option {
  account_option system{{std::uint64_t{1} << 30}, 20'000, 200'000};
  account_option listener{{std::uint64_t{1} << 30}, 10'000, 100'000};
  account_option peer{{64 * 1024 * 1024}, 64, 16'384};
  leaf_option connection;
  byte_size stream{64 * 1024 * 1024};
  std::uint32_t newcomers_until = 85;
  void fields(field_visitor& v);
};
struct weight_option {
  double handshake_failed = 1;
  double handshake_slow = 1;
  double bad_frame = 5;
  double flood = 2;
  double over_quota = 0.1;
  double refused = 1;
  void fields(field_visitor& v);
};
struct cooling_option {
  bool enabled = true;
  double threshold = 10;
  duration half_life = 30s;
  duration first = 10s;
  duration most = 1h;
  weight_option weights;
  void fields(field_visitor& v);
};

struct settings {
  std::vector<std::string> allow;
  std::vector<std::string> deny;
  std::vector<std::string> exempt{"127.0.0.0/8", "::1"};
  default_action unlisted = default_action::allow;
  std::optional<file_path> file;
  duration reload = 5s;
  std::vector<rate_option> rates{{32, 64, {50}, 100}, {24, 48, {200}, 400}};
  unproved_option unproved;
  std::vector<frame_option> frames;
  limit_option limits;
  cooling_option cool_down;
  std::uint32_t addresses = 16'384;
  rate alert{100};

  void fields(field_visitor& v);

  [[nodiscard]] rules to_rules() const;
  // The lists of the YAML; they were checked when the options were read.
  [[nodiscard]] entry_list lists() const;
};

}  // namespace mw::firewall
