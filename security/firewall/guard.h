// guard: admission/1 over the ledger: scopes for links, evictions, notices, the alarm.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/alarm.h"
#include "core/ledger.h"
#include "metrics.h"

#include <mw/admission.h>
#include <mw/events_node.h>
#include <mw/host.h>

#include <memory>
#include <string>
#include <string_view>

namespace mw::firewall {

class scope;

// Outlives all scopes: whoever holds one uses this.
class guard final : public admission {
 public:
  guard(host& h, rules by, double alert_at);
  guard(const guard&) = delete;
  guard& operator=(const guard&) = delete;
  ~guard();

  [[nodiscard]] result<std::unique_ptr<admission_scope>> arrive(const endpoint& from,
                                                                std::string_view listener) override;
  [[nodiscard]] result<std::unique_ptr<admission_scope>> depart(
      const endpoint& to, std::string_view transport) override;

  void set_lists(prefix_trie lists);
  [[nodiscard]] bool pardon(const network& at, std::string_view caller);
  // `overloaded`: too many networks are banned.
  [[nodiscard]] status ban_network(const network& at, duration how_long, std::string_view caller);

  [[nodiscard]] const ledger& book() const { return ledger_; }
  [[nodiscard]] const alarm& alert() const { return alarm_; }
  [[nodiscard]] firewall_metrics& metrics() { return metrics_; }

 private:
  friend class scope;

  [[nodiscard]] failure turned_away(refusal why, const endpoint& who);
  void complain(refusal why, std::string_view who);
  // After anything that changes the ledger: what follows is told at the end of the turn.
  void changed();
  void settle();
  void tick();
  void every_second();
  void tell(const cool_down_notice& notice);

  host& host_;
  ledger ledger_;
  firewall_metrics metrics_;
  alarm alarm_;
  std::uint64_t alert_at_;
  publisher<alert_raised> raised_;
  publisher<alert_cleared> cleared_;
  meter log_lines_;
  std::uint64_t seen_refusals_ = 0;
  std::string last_offender_;
  bool settling_ = false;
  // Shared with what waits for the end of the turn, in which this may go.
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  time_point ticks_at_{duration::max()};
  timer tick_;
  timer second_;
  timer evictor_;
};

}  // namespace mw::firewall
