// filter_test_event: one event with a field of each kind, for the tests of filters.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <limits>
#include <string>

namespace mw::kernel {

struct every_kind {
  bool ready = true;
  std::int64_t offset = -3;
  std::uint64_t incarnation = std::numeric_limits<std::uint64_t>::max();
  double level = 4.5;
  std::string id = "n12";
  std::string zone = "a";
  std::string reason = "connection reset by \"peer\"";
  duration startup{std::chrono::milliseconds(2500)};
  wall_time expires{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z

  static constexpr auto fields() {
    return field_list(field<&every_kind::ready>("ready", "A boolean."),
                      field<&every_kind::offset>("offset", "A signed number."),
                      field<&every_kind::incarnation>("incarnation", "An unsigned number."),
                      field<&every_kind::level>("level", "A real number."),
                      field<&every_kind::id>("id", "A text."),
                      field<&every_kind::zone>("zone", "Another text."),
                      field<&every_kind::reason>("reason", "A text with quotes."),
                      field<&every_kind::startup>("startup", "A duration."),
                      field<&every_kind::expires>("expires", "A moment."));
  }
};

}  // namespace mw::kernel
