// packet_dial: resolves a name and opens a socket for it; nobody is asked whether they listen.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"

#include <mw/transport.h>

#include <string>
#include <vector>

namespace mw::udp {

class packet_dial final : public dial_handle {
 public:
  using done_function = function<void(result<link>)>;
  packet_dial(context& shared, const dial_request& request, done_function done);

 private:
  [[nodiscard]] result<link> connect(const std::string& address);
  void tell(result<link> outcome);

  context& shared_;
  const endpoint to_;
  done_function done_;
  timer deadline_;
  timer at_once_;  // what is known without asking
  resolve_ptr resolving_;
};

}  // namespace mw::udp
