// codes_wiring: the WIR codes: stanzas, providers and capabilities.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

namespace mw::kernel {

std::span<const code_entry> wiring_codes() {
  // Filled by the code that reports them, each entry in the commit that first uses its number.
  return {};
}

}  // namespace mw::kernel
