// uv_signals: signals as turns of a lane.
// SPDX-License-Identifier: Apache-2.0
#include "uv_signals.h"

#include "uv_lane.h"

#include <mw/assert.h>

#include <utility>

namespace mw::kernel {

void uv_signals::on(int number, std::function<void(int)> handler) {
  std::unique_ptr<watch>& slot = watches_[number];
  if (slot) {
    slot->handler = std::move(handler);
    return;
  }
  slot.reset(new watch{lane_, std::move(handler), {}});
  int code = slot->handle.open(
      slot.get(), [this](uv_signal_t* handle) { return uv_signal_init(lane_.loop(), handle); });
  MW_ASSERT(code == 0, "the first signal of a loop needs a pipe");
  code = uv_signal_start(
      slot->handle.get(),
      [](uv_signal_t* self, int seen) noexcept {
        auto* found = uv_handle<uv_signal_t>::owner<watch>(self);
        if (found == nullptr) return;
        found->lane.enter();
        const std::function<void(int)> call = found->handler;  // it may replace itself
        call(seen);
      },
      number);
  MW_ASSERT(code == 0, "only signals that can be caught are watched");
}

}  // namespace mw::kernel
