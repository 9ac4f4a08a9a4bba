// audit: whether what happens is being written down; asked by those who must not act unrecorded.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/function.h>

#include <memory>
#include <string_view>

namespace mw {

// Keeps a watch alive; owned by who asked for it, who dies first.
class audit_watch {
 public:
  virtual ~audit_watch() = default;
};

// Calls belong to the provider's lane; nothing blocks. What is to be written comes as events, see
// events_security.h.
class audit {
 public:
  static constexpr std::string_view contract = "audit/1";

  // False: records would be lost, and the options say that nothing may happen then. Always true
  // with `full: drop`. Asked for each decision: neither allocates nor fails.
  [[nodiscard]] virtual bool accepting() const noexcept = 0;

  // `changed` is called in a later turn each time accepting() has changed.
  [[nodiscard]] virtual std::unique_ptr<audit_watch> watch(function<void()> changed) = 0;

 protected:
  ~audit() = default;
};

}  // namespace mw
