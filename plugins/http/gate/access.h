// access: which Host names and web origins a request may carry.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.h"
#include "wire/syntax.h"

#include <mw/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::http {

// A web page in somebody's browser can reach a loopback server: by a name that its owner points to
// 127.0.0.1 (DNS rebinding), or by sending requests across origins. Both are recognised by what the
// browser cannot hide: Host, Origin and Sec-Fetch-Site. A rebinding page comes under a name, never
// under a bare address: those pass where the node listens beyond loopback.
class access_rules {
 public:
  access_rules(const endpoint& listen, std::vector<std::string> hosts,
               std::vector<std::string> origins);

  // Status 0: welcome. 421: the wrong Host; 403: a foreign Origin.
  [[nodiscard]] refusal fault_of(const request& asked) const;

 private:
  [[nodiscard]] bool host_allowed(std::string_view host_and_port) const;
  [[nodiscard]] bool origin_allowed(std::string_view origin, std::string_view host_and_port) const;

  std::vector<std::string> hosts_;
  std::vector<std::string> origins_;
  bool loopback_;
  bool local_;  // on a unix socket, which no web page can reach
};

// A bare address as Host gives it: four numbers, or IPv6 in brackets.
[[nodiscard]] bool is_address(std::string_view host);

// 127.0.0.0/8, ::1 (with or without brackets) and localhost.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace mw::http
