// metric_names: what a metric and its labels may be called.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/metrics.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::kernel {

enum class metric_kind : std::uint8_t { counter, gauge, histogram };
[[nodiscard]] std::string_view to_string(metric_kind kind);

// What all series of one name share.
struct metric_description {
  std::string_view name;
  std::string_view help;
  metric_kind kind = metric_kind::counter;
  histogram_unit unit = histogram_unit::items;  // of histograms
};

// Sorted by name, so that the order at the call does not matter.
using label_set = std::vector<std::pair<std::string, std::string>>;

// `invalid` with a sentence that says what to change.
status check_description(const metric_description& description);
result<label_set> make_labels(const metric_description& description, labels given);

}  // namespace mw::kernel
