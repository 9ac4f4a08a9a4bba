// announcer: tells peers what this node offers, until they have confirmed it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/shared.h"
#include "wire/table_message.h"

#include <deque>
#include <optional>

namespace mw::routing {

class announcer {
 public:
  explicit announcer(shared& with) : with_(with) {}

  // Something is offered, or no longer: all peers are told in this turn.
  void changed(table_change change);
  void on_up(peer& up);
  void on_table(peer& from, bytes_view message);
  void tick(time_point now);
  // Now, when somebody is to be told; empty when all have confirmed.
  [[nodiscard]] std::optional<time_point> next_tick() const { return next_; }

 private:
  static constexpr std::size_t log_max = 256;
  void tell(peer& to);
  void send(const peer& to, const table_message& table);
  [[nodiscard]] table_message all() const;

  shared& with_;
  std::uint64_t version_ = 1;
  std::deque<table_change> log_;  // the last changes; the newest made `version_`
  std::optional<time_point> next_;
};

}  // namespace mw::routing
