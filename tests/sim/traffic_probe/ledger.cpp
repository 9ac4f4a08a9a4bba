// ledger: a map of counts.
// SPDX-License-Identifier: Apache-2.0
#include "ledger.h"

namespace traffic {

void ledger::saw(std::string_view from, const note& one) {
  ++seen_[{std::string(from), one.exactly, one.number}];
}

verdict ledger::check(std::string_view from, const claim& told) const {
  verdict found;
  for (const std::uint64_t number : told.numbers) {
    const auto seen = seen_.find({std::string(from), told.exactly, number});
    if (seen == seen_.end())
      ++found.missing;
    else if (seen->second > 1)
      ++found.doubled;
  }
  return found;
}

}  // namespace traffic
