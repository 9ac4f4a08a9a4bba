// planted: which mistake is in the core just now.
// SPDX-License-Identifier: Apache-2.0
#include "core/planted.h"

namespace mw::swim {

planted_bug planted_now = planted_bug::none;

}  // namespace mw::swim
