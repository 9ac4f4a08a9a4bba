// waiters: those who called refresh() and wait for its end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <cstddef>
#include <string>
#include <vector>

namespace mw::sources {

// Lives in the plug-in that is asked; what waits is dropped with it.
class waiters {
 public:
  using done_function = function<void(status)>;
  static constexpr std::size_t waiting_max = 1024;

  // Counts refusals as <prefix>refresh_refused_total.
  waiters(const host& node, const std::string& prefix);

  // `done` waits for answer(). Behind waiting_max others it hears `overloaded` in the next turn.
  void add(done_function done);
  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  // Tells all that wait. They may call add(): that is for the next time.
  void answer(const status& outcome);
  // Those who wait so far become a group of their own: what begins now is for them.
  [[nodiscard]] std::vector<done_function> take();

 private:
  void refuse();

  counter refusals_;
  std::vector<done_function> waiting_;
  std::vector<done_function> refused_;  // of this turn
  timer refusing_;
};

}  // namespace mw::sources
