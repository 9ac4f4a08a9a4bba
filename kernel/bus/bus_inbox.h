// bus_inbox: where other lanes leave events for a lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_edge.h"
#include "bus/queue/place_list.h"

#include <mutex>
#include <vector>

namespace mw::kernel {

// One lock for each lane that receives; it is held for one copy of an event, or for a swap.
class bus_inbox {
 public:
  // From the publisher's lane. True when the lane has to be woken for it.
  [[nodiscard]] bool accept(bus_edge& edge, const void* event);

  // On the inbox's lane: moves everything into the `arrived` rings of their edges and calls
  // `take(edge)` for each event, in the order of arrival. `take` removes it from `arrived`.
  template <class Take>
  void take_all(Take take) {
    if (!swap()) return;
    taken_.take_all([](bus_edge& edge) { return take_ghost(edge.crossing->arrived_ghosts); }, take);
  }

  // On the inbox's lane: drops what waits for `edge`, and what comes later.
  void forget(const bus_edge& edge);

 private:
  [[nodiscard]] bool swap();

  std::mutex mutex_;
  place_list places_;             // guarded
  std::vector<bus_edge*> edges_;  // guarded; those with waiting events, once each
  place_list taken_;              // of the lane
};

}  // namespace mw::kernel
