// contract: how interfaces are named, and which capabilities a provider announces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// A contract is a pure abstract class with
//   static constexpr std::string_view contract = "transport/1";
// Type identity across libraries is this string, never an address. A contract grows only by a new
// version beside the old one.
template <class T>
concept contract_type = requires {
  { T::contract } -> std::convertible_to<std::string_view>;
};

// One announced or wanted property, for example {"ordered"}, {"max_frame", 16777216}. A requirement
// is met when the provider has the name with at least that value. Matched before anything starts.
struct capability {
  std::string name;
  std::uint64_t value = 1;
  friend bool operator==(const capability&, const capability&) = default;
};
using capabilities = std::vector<capability>;

}  // namespace mw
