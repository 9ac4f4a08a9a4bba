// link_listener: lets connections in as links: no more than may be open, no faster than may come.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "accept_gate.h"
#include "link_book.h"

#include <mw/host.h>
#include <mw/transport.h>

#include <memory>

namespace mw::transports {

struct accept_limits {
  std::uint32_t connections_max = 10'000;
  rate accept_rate{1000};
};

// What one transport needs to listen anywhere. Referenced objects outlive all listeners and links.
struct door_keeper {
  mw::host& host;
  link_book& book;
  accept_limits limits;
  stream_options options;
  admission* admits = nullptr;  // asked for each connection, after our own bounds
};

// Connections beyond the rate wait in the operating system's queue; beyond the number they are
// closed at once, because waiting would not help them. Destroying it inside `accepted` is fine.
class link_listener final : public listener {
 public:
  [[nodiscard]] static result<listener_ptr> make(const door_keeper& keeper, const endpoint& at,
                                                 function<void(link)> accepted);
  link_listener(const door_keeper& keeper, function<void(link)> accepted);

  [[nodiscard]] const endpoint& local() const override { return inner_->local(); }
  void pause() override;
  void resume() override;

 private:
  void take(stream_ptr one);
  void refuse();
  void hold_back();
  void apply();

  const door_keeper& keeper_;
  // Shared, because a callback that destroys this still runs.
  std::shared_ptr<function<void(link)>> accepted_;
  accept_gate gate_;
  bool full_ = false;    // said so in the log
  bool paused_ = false;  // by the user
  timer next_;           // armed: too many came
  listener_ptr inner_;   // last: it dies first
};

}  // namespace mw::transports
