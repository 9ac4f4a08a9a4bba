// settings: the options of discovery.anti_entropy.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/table.h"

#include <mw/options.h>

#include <optional>
#include <string>

namespace mw::anti_entropy {

struct settings {
  std::string service = "mw.state";
  duration interval = 1s;
  duration push_after = 50ms;
  std::uint32_t fanout = 3;
  std::uint32_t entries_max = 4096;
  byte_size bytes_max{std::uint64_t{1} << 20};
  std::uint32_t writers_max = 64;
  duration forget_after = 24h;
  std::optional<file_path> snapshot;

  void fields(field_visitor& v);
  [[nodiscard]] table_limits limits() const;
};

}  // namespace mw::anti_entropy
