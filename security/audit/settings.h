// settings: the options of security.audit.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace mw::audit_log {

enum class when_full : std::uint8_t { drop, deny };
constexpr std::array<std::string_view, 2> option_names(when_full) {
  return {"drop", "deny"};
}
enum class sync_policy : std::uint8_t { batch, interval, never };
constexpr std::array<std::string_view, 3> option_names(sync_policy) {
  return {"batch", "interval", "never"};
}

struct settings {
  file_path directory{"audit"};
  std::vector<std::string> topics{"access.denied", "policy.changed", "identity.refused",
                                  "admin.acted",   "admin.refused",  "certificate.rotated"};
  byte_size rotate_size{64u << 20};
  byte_size queue{1u << 20};
  when_full full = when_full::drop;
  sync_policy sync = sync_policy::batch;
  duration sync_every = 1s;

  void fields(field_visitor& v);
};

}  // namespace mw::audit_log
