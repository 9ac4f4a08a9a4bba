// weather: the messages of the stations.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace weather {

inline constexpr std::string_view reading_service = "weather.reading";
inline constexpr std::string_view warning_service = "weather.warning";

struct reading_query {
  std::uint8_t sensor = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&reading_query::sensor>("sensor", "Which one; 0: the best."));
  }
};

struct reading {
  std::string station;
  double degrees = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&reading::station>("station", "Where."),
                          mw::field<&reading::degrees>("degrees", "Celsius."));
  }
};

struct gale_warning {
  std::uint32_t force = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&gale_warning::force>("force", "On Beaufort's scale."));
  }
};

}  // namespace weather
