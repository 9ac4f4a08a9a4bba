// subject: reads capabilities from the manifest of the plug-in under test.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include "loader/loader.h"

namespace mw::conformance {

std::optional<std::uint64_t> announced(const test_setup& setup, std::string_view contract,
                                       std::string_view capability) {
  kernel::plugin_loader loader({});
  auto outcome = loader.load_file(setup.libraries.front());
  const auto* loaded = std::get_if<const kernel::loaded_plugin*>(&outcome);
  REQUIRE_MESSAGE(loaded != nullptr, "cannot load ", setup.libraries.front());
  for (const contract_offer& offer : (*loaded)->declared.offers) {
    if (offer.contract != contract) continue;
    for (const mw::capability& one : offer.has)
      if (one.name == capability) return one.value;
  }
  return std::nullopt;
}

}  // namespace mw::conformance
