// audit: whether what happens is being written down; asked by those who must not act unrecorded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>

#include <string_view>

namespace mw {

// Calls belong to the provider's lane; nothing blocks. What is to be written comes as events, see
// events_security.h.
class audit {
 public:
  static constexpr std::string_view contract = "audit/1";

  // False: records would be lost, and the options say that nothing may happen then. Always true
  // with `full: drop`. Asked for each decision: neither allocates nor fails.
  [[nodiscard]] virtual bool accepting() const noexcept = 0;

 protected:
  ~audit() = default;
};

}  // namespace mw
