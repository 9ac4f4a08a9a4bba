// identity: the seam where authentication attaches a caller to a request.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/request.h"

#include <mw/result.h>
#include <mw/types.h>

#include <string>

namespace mw::http {

// Asked once per request, after its framing, Host and Origin were accepted and before any endpoint
// sees it. TLS needs no seam here: it is a stream under the stream, and its peer name can be known
// to an implementation of this.
class identity_source {
 public:
  // The caller's name for admin_request::caller; empty when nobody needs to say who they are.
  // `denied` becomes 401 with the failure's text.
  virtual result<std::string> identify(const request& asked, const endpoint& remote) = 0;

 protected:
  ~identity_source() = default;
};

// Authentication is off: everybody is nobody.
class anonymous final : public identity_source {
 public:
  result<std::string> identify(const request&, const endpoint&) override { return std::string(); }
};

}  // namespace mw::http
