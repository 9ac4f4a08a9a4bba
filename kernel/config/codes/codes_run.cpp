// codes_run: the RUN codes: what fails while a node runs.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

namespace mw::kernel {

std::span<const code_entry> run_codes() {
  // Filled by the code that reports them, each entry in the commit that first uses its number.
  return {};
}

}  // namespace mw::kernel
