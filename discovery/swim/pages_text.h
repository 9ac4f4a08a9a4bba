// pages_text: the answers of pages as people read them: tables and sentences.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/agent.h"

#include <mw/toolkit/health_opinions.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

// What one member says in the list, in JSON and in text.
struct member_row {
  std::string name, at, state;
  bool self = false;
  std::uint32_t incarnation = 0;
  duration since{};
  double rtt_ms = -1;  // below zero: not known
  talk::tag_map tags;
  std::vector<health_opinion> health;  // what others say of it, the lowest first
};
// Sorted by name.
[[nodiscard]] std::vector<member_row> member_rows(const agent& of, const health_opinions& health,
                                                  time_point now);
[[nodiscard]] std::string members_text(const std::vector<member_row>& rows, bool verbose);

struct key_report {
  std::string action;
  std::size_t members = 0, done = 0;
  std::map<std::string, std::string> failed;         // node and reason
  std::map<std::string, std::size_t> held, primary;  // key and number of members
  [[nodiscard]] bool complete() const { return done == members; }
};
[[nodiscard]] key_report report_keys(std::string_view action, std::size_t members,
                                     const query_result& outcome);
[[nodiscard]] std::string to_text(const key_report& r);
[[nodiscard]] std::string to_json(const key_report& r);
[[nodiscard]] std::string to_text(const query_result& r);
[[nodiscard]] std::string to_json(const query_result& r);

}  // namespace mw::swim
