// processes: names of ends.
// SPDX-License-Identifier: Apache-2.0
#include <mw/processes.h>

namespace mw {

std::string_view to_string(process_end how) noexcept {
  switch (how) {
    case process_end::exited:
      return "exited";
    case process_end::signalled:
      return "signalled";
    case process_end::timed_out:
      return "timed out";
    case process_end::output_limit:
      return "output limit";
  }
  return "unknown";
}

}  // namespace mw
