// time: the node's clocks and timers; time stands still within a turn.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <memory>

namespace mw {

// A timer that can be armed again and again without allocation. Destroying it cancels it.
class timer_handle {
 public:
  virtual ~timer_handle() = default;
  // Fires once after `delay`, or every `delay` when made by every(); an armed timer is moved.
  virtual void arm(duration delay) = 0;
  virtual void cancel() = 0;
  [[nodiscard]] virtual bool armed() const = 0;
};
using timer = std::unique_ptr<timer_handle>;

// Implemented by the kernel for both platforms. Callbacks run in a turn of the owner's lane.
class time_service {
 public:
  // Constant within a turn.
  [[nodiscard]] virtual time_point now() const = 0;
  [[nodiscard]] virtual wall_time wall_now() const = 0;
  // Not armed yet. `periodic`: fires again each time; late firings are not made up for.
  [[nodiscard]] virtual timer make_timer(function<void()> fire, bool periodic) = 0;
  // Runs at the end of this turn, after the bus has been drained and before bytes are written.
  virtual void at_turn_end(function<void()> callback) = 0;

 protected:
  ~time_service() = default;
};

}  // namespace mw
