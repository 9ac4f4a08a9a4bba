// messages: the event of discovery.checks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <string>
#include <string_view>

namespace mw::checks {

struct check_changed {
  static constexpr std::string_view topic = "check.changed/1";
  static constexpr std::string_view doc = "A check has another level.";
  std::string check;
  std::string subject;
  std::string level;
  std::string former;
  std::string output;
  std::string by;
  static constexpr auto fields() {
    return field_list(
        field<&check_changed::check>("check", "Its name."),
        field<&check_changed::subject>("subject", "Node id or service it speaks about."),
        field<&check_changed::level>("level", "passing, warning or critical."),
        field<&check_changed::former>("former", "The level before; unknown at first."),
        field<&check_changed::output>("output", "What the last look said."),
        field<&check_changed::by>("by", "The stanza that checks."));
  }
};

}  // namespace mw::checks
