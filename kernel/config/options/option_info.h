// option_info: what fields() says about the options of a plug-in, gathered for docs and schemas.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// One option, or the element of a list or map (then without name).
struct option_info {
  std::string name;
  std::string doc;
  std::string unit;
  std::string expected;      // "a duration from 1ms to 10s"
  std::string default_yaml;  // Empty when required.
  std::string default_json;
  const option_type* type = nullptr;
  std::optional<double> low;
  std::optional<double> high;
  bool required = false;
  bool live = false;
  std::vector<option_info> children;  // Fields of a group; the element of a list, map or maybe.
};

// Give it to a fields() function; afterwards options() holds them in their order. The visited
// struct must be a scratch copy: elements are added to its lists to see their fields.
class option_gatherer final : public field_visitor {
 public:
  [[nodiscard]] std::vector<option_info> take() { return std::move(options_); }

 private:
  void visit(const field_meta& meta, option_ref value) override;
  void rule_broken(std::string_view, std::string_view) override {}

  std::vector<option_info> options_;
};

// The option at a dotted path below `options`, such as "tls.cert"; null when there is none.
[[nodiscard]] const option_info* find_option(const std::vector<option_info>& options,
                                             std::string_view path);

}  // namespace mw::kernel
