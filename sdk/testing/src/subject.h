// subject: the plug-in under test, as the conformance suites of contracts ask for it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/testing.h>

#include <optional>
#include <string>
#include <string_view>

namespace mw::conformance {

// What the subject announces of `capability` for `contract`; empty when nothing. The subject's
// library is the first of the setup.
[[nodiscard]] std::optional<std::uint64_t> announced(const test_setup& setup,
                                                     std::string_view contract,
                                                     std::string_view capability);

// What the subject provides; the test case ends here when it provides nothing.
template <contract_type Contract>
[[nodiscard]] Contract& subject_of(const test_node& node) {
  Contract* found = node.contract<Contract>();
  REQUIRE_MESSAGE(found != nullptr, "'subject' does not provide ", std::string(Contract::contract),
                  ": ", node.failed());
  return *found;
}

}  // namespace mw::conformance
