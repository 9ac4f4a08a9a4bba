// exit_code: how `mw` ends; scripts rely on these numbers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace mw::kernel::cli {

enum class exit_code : int {
  ok = 0,           // Done, or the answer is yes.
  no = 1,           // The answer is no: the file has errors, the node is not ready, no such name.
  usage = 2,        // The command line is wrong.
  cannot_run = 3,   // It was understood but could not be done.
  interrupted = 4,  // A signal stopped it before its end; what it had until then is printed.
};

}  // namespace mw::kernel::cli
