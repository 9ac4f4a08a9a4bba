// test_log: keeps log lines for people who read a failed test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "log/log_format.h"
#include "log/log_sink.h"

#include <string>
#include <utility>
#include <vector>

namespace mw {

// `lines` outlives this.
class test_log final : public kernel::module_log {
 public:
  test_log(std::string name, std::vector<std::string>& lines)
      : name_(std::move(name)), lines_(lines) {}

  [[nodiscard]] bool enabled(log_level) const override { return true; }
  void write(log_level level, const log_message& message,
             std::span<const log_value> values) override {
    std::string line;
    kernel::append_line({{}, level, name_, message.text, values}, kernel::log_form::text, line);
    lines_.push_back(std::move(line));
  }

 private:
  std::string name_;
  std::vector<std::string>& lines_;
};

}  // namespace mw
