// ledger: which notes were seen from whom, how often.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.h"

#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace traffic {

class ledger {
 public:
  void saw(std::string_view from, const note& one);
  // How what a sender was told agrees with what was seen.
  [[nodiscard]] verdict check(std::string_view from, const claim& told) const;

 private:
  std::map<std::tuple<std::string, std::uint8_t, std::uint64_t>, std::uint32_t> seen_;
};

}  // namespace traffic
