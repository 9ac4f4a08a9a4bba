// events_admin: what an audit log has to know about those who knock at the admin pages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

// Published for wrong proofs, not for missing ones, and no more of them than may fail before an
// address cools down. Never holds what was shown.
struct admin_refused {
  static constexpr std::string_view topic = "admin.refused/1";
  static constexpr std::string_view doc = "Somebody knocked at the admin pages with a wrong proof.";
  std::uint64_t number = 0;
  std::string reason;
  std::string remote;
  std::string resource;
  bool cooling = false;
  static constexpr auto fields() {
    return field_list(
        field<&admin_refused::number>("number", "Of this publisher, from 1."),
        field<&admin_refused::reason>("reason", "As in mw_http_refused_total: token, role."),
        field<&admin_refused::remote>("remote", "Where from."),
        field<&admin_refused::resource>("resource", "The admin page."),
        field<&admin_refused::cooling>("cooling", "The address is not listened to for a while."));
  }
};

}  // namespace mw
