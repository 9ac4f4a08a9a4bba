// report: results by task and program, and the table with its verdicts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench.h"
#include "lines.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mw::bench {

// What a client printed.
struct run_result {
  double messages = 0;
  double seconds = 0;
  double bytes = 0;
  double p50_ns = 0;
  double p99_ns = 0;
  double p999_ns = 0;
  double cpu_ns = 0;
  double extra = 0;
};
// Nothing when a field is missing: then it is no line of a driver.
std::optional<run_result> parse_result(std::string_view json);
// In the unit of the figure.
double value_of(const run_result& run, figure what);

enum class verdict : std::uint8_t { met, missed, unknown };

class report {
 public:
  void add(std::string_view task, std::string_view program, const run_result& run) {
    runs_[{std::string(task), std::string(program)}].push_back(run);
  }

  // The rounds of one cell; empty when the program did not run the task.
  [[nodiscard]] series cell(std::string_view task, std::string_view program, figure what) const;
  // Ours to the other, and what the bar says about it.
  [[nodiscard]] std::optional<double> ratio(const line& of, const bar& asked) const;
  [[nodiscard]] verdict judge(const line& of, const bar& asked) const;

  [[nodiscard]] std::string as_text() const;
  [[nodiscard]] std::string as_json_lines() const;

 private:
  [[nodiscard]] std::optional<double> value_against(const line& of, const bar& asked) const;
  [[nodiscard]] bool has(const line& of) const;
  [[nodiscard]] std::vector<std::string_view> names() const;
  [[nodiscard]] std::string verdict_text(const line& of) const;

  std::map<std::pair<std::string, std::string>, std::vector<run_result>, std::less<>> runs_;
};

}  // namespace mw::bench
