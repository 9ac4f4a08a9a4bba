// names: host names to numeric addresses, asked of the operating system without blocking.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace mw {

// A question in progress. Destroying it cancels silently.
class resolve_handle {
 public:
  virtual ~resolve_handle() = default;
};
using resolve_ptr = std::unique_ptr<resolve_handle>;

// Implemented by the platforms.
class name_service {
 public:
  // Questions one plug-in may have under way. Cancelled ones count until the system gives up on
  // them, because a worker is busy with each.
  static constexpr std::size_t under_way_max = 64;

  // `done` is called once, in a later turn: numeric addresses, IPv6 and IPv4, in the order in which
  // the system wants them tried, never none. `not_found`: no such name; `timed_out`: no name server
  // answered; `invalid`: not a name; `overloaded`: under_way_max questions wait. A numeric address
  // is its own answer.
  [[nodiscard]] virtual resolve_ptr resolve(
      const std::string& name, function<void(result<std::vector<std::string>>)> done) = 0;

 protected:
  ~name_service() = default;
};

}  // namespace mw
