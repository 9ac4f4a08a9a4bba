// version: the one place that knows the version this kernel was built as.
// SPDX-License-Identifier: Apache-2.0
#include "version.h"

namespace mw::kernel {

std::string_view version() noexcept { return MW_VERSION; }

}  // namespace mw::kernel
