// name_dial: a dial to a name or an address: resolves it, races its addresses, within a deadline.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/links/link_book.h"
#include "dial_race.h"

#include <mw/host.h>
#include <mw/transport.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::tcp {

// What every dial of the transport has in common. Referenced objects outlive dials and links.
struct dialler {
  mw::host& host;
  transports::link_book& book;
  stream_options options;
  admission* admits = nullptr;
};

class name_dial final : public dial_handle {
 public:
  using done_function = function<void(result<link>)>;
  name_dial(const dialler& by, const dial_request& request, done_function done);

 private:
  void resolve();
  void found(result<std::vector<std::string>> addresses);
  // Leaves out what admission forbids. The failure when that is all.
  [[nodiscard]] status admit(std::vector<std::string>& addresses);
  void go_on();
  void begin(std::size_t number);
  void answered(std::size_t number, result<stream_ptr> outcome);
  void too_late();
  void tell(result<link> outcome);

  const dialler& by_;
  const endpoint to_;
  const duration patience_;
  const time_point give_up_at_;
  done_function done_;
  std::optional<dial_race> race_;  // once the addresses are known
  timer deadline_;
  timer next_;  // the stagger; at first the failure that is known at once
  resolve_ptr resolving_;
  // Of the addresses that may be dialled, where admission is asked.
  std::vector<std::pair<std::string, std::unique_ptr<admission_scope>>> scopes_;
  std::vector<dial_ptr> attempts_;  // by number; null once it failed. Last: they die first
};

}  // namespace mw::tcp
