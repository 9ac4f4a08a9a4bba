// log_format: one log line as text for people or as a JSON object.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/log.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mw::kernel {

struct log_line {
  wall_time at;
  log_level level = log_level::info;
  std::string_view module;
  std::string_view message;
  std::span<const log_value> values;
  std::uint64_t suppressed = 0;  // lines of the same place that were left out before this one
};

enum class log_form : std::uint8_t { text, coloured_text, json };

// Ends in the only line break of the line: values cannot forge further lines or steer a terminal.
void append_line(const log_line& line, log_form form, std::string& out);

[[nodiscard]] std::string_view to_string(log_level level) noexcept;
// "debug", "info", "warn" or "error".
[[nodiscard]] std::optional<log_level> parse_log_level(std::string_view text);

}  // namespace mw::kernel
