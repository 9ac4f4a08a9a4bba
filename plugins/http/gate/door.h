// door: the gatekeeper in a node: with its clock, its audit events and its log.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/gatekeeper.h"

#include <mw/events_admin.h>
#include <mw/events_security.h>
#include <mw/host.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

class door final : public identity_source {
 public:
  door(host& h, gate_rules rules);

  admission_ticket judge(const request& asked, std::string_view path, const visitor& from) override;
  [[nodiscard]] bool still_welcome(std::string_view caller, std::string_view path) override;
  [[nodiscard]] std::uint64_t rules_version() const override { return keeper_.rules_version(); }
  [[nodiscard]] knock_count knocks() const override { return keeper_.knocks(); }
  void acted(std::string_view caller, std::string_view path, const endpoint& remote,
             int status) override;

 private:
  void knocked(refused reason, std::string_view path, const visitor& from, bool cooling);
  [[nodiscard]] std::string denied(const access& what, const decision& said);

  host& host_;
  publisher<admin_refused> refusals_;
  publisher<admin_acted> actions_;
  publisher<access_denied> denials_;
  std::uint64_t refusals_count_ = 0;
  std::uint64_t actions_count_ = 0;
  std::uint64_t denials_count_ = 0;
  gatekeeper keeper_;
};

}  // namespace mw::http
