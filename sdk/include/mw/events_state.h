// events_state: the event about entries of the shared state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

struct state_changed {
  static constexpr std::string_view topic = "state.changed/1";
  static constexpr std::string_view doc = "An entry of the shared state has another content.";
  std::string name;
  std::string kind;
  std::uint64_t values = 0;
  std::int64_t total = 0;
  std::string state;
  static constexpr auto fields() {
    return field_list(
        field<&state_changed::name>("name", "Of the entry."),
        field<&state_changed::kind>("kind", "register or counter."),
        field<&state_changed::values>(
            "values", "Register: values it has: 0: removed, 2 or more: concurrent writes."),
        field<&state_changed::total>("total", "Counter: its value."),
        field<&state_changed::state>("state", "Stanza that keeps it."));
  }
};

}  // namespace mw
