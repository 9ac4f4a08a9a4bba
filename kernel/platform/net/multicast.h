// multicast: joining and leaving groups on the interface that has a given address.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <string>

namespace mw::kernel {

struct membership {
  const std::string& group;  // a multicast address
  const std::string& on;     // an address of the interface; empty: the system chooses
  bool wanted;               // join or leave
};

// Joining also sends the socket's own multicast through that interface, from that address.
// `invalid` for a bad group or an address that no interface has.
status change_membership(int fd, const membership& change);

}  // namespace mw::kernel
