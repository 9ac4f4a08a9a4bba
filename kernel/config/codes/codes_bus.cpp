// codes_bus: the BUS codes: the bus: section of a node file.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

namespace mw::kernel {

std::span<const code_entry> bus_codes() {
  // Filled by the code that reports them, each entry in the commit that first uses its number.
  return {};
}

}  // namespace mw::kernel
