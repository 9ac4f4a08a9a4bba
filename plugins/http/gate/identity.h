// identity: the seam between a request that is understood and the question who asks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metrics.h"
#include "wire/request.h"
#include "wire/syntax.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

// What is known about the connection that a request came on.
struct visitor {
  const endpoint& remote;
  std::string_view certificate;  // the identity that its transport proved; empty: none
};

struct admission_ticket {
  refusal why{0, {}};                  // status 0: welcome
  refused reason = refused::identity;  // for the counters, when not
  std::string caller;                  // for admin_request::caller; empty: nobody in particular
  bool stranger = false;               // welcome without proof, because the path is open to all
};

// Who has shown wrong proofs of late.
struct knock_count {
  std::size_t addresses = 0;
  std::uint64_t forgotten = 0;  // since the start, because there were too many
};

// Asked once per request, after its framing, Host, Origin and path were accepted and before anybody
// looks whether the path is offered.
class identity_source {
 public:
  virtual admission_ticket judge(const request& asked, std::string_view path,
                                 const visitor& from) = 0;

  // For feeds, which outlive their request: whether `caller` may still read `path`. Asked again
  // each time rules_version() has become another.
  [[nodiscard]] virtual bool still_welcome(std::string_view caller, std::string_view path) = 0;
  [[nodiscard]] virtual std::uint64_t rules_version() const = 0;
  [[nodiscard]] virtual knock_count knocks() const = 0;
  // An action of `caller` was answered.
  virtual void acted(std::string_view caller, std::string_view path, const endpoint& remote,
                     int status) = 0;

 protected:
  ~identity_source() = default;
};

// Everybody is nobody, and welcome.
class anonymous final : public identity_source {
 public:
  admission_ticket judge(const request&, std::string_view, const visitor&) override { return {}; }
  [[nodiscard]] bool still_welcome(std::string_view, std::string_view) override { return true; }
  [[nodiscard]] std::uint64_t rules_version() const override { return 0; }
  [[nodiscard]] knock_count knocks() const override { return {}; }
  void acted(std::string_view, std::string_view, const endpoint&, int) override {}
};

}  // namespace mw::http
