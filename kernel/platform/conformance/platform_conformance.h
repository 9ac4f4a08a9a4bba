// platform_conformance: what every platform has to do; the real and the simulated one run it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datagrams.h"
#include "files.h"
#include "fixture.h"
#include "lanes.h"
#include "names.h"
#include "processes.h"
#include "streams.h"

namespace mw::kernel::conformance {

using make_fixture = std::function<std::unique_ptr<platform_fixture>()>;

// Runs all cases, each on a fresh platform. Call it inside a doctest TEST_CASE.
inline void check_platform(const make_fixture& make) {
  for (const auto& cases : {stream_cases(), datagram_cases(), file_cases(), lane_cases(),
                            name_cases(), process_cases()}) {
    for (const conformance_case& one : cases) {
      INFO("conformance case: " << std::string(one.name));
      const std::unique_ptr<platform_fixture> fixture = make();
      one.run(*fixture);
    }
  }
}

}  // namespace mw::kernel::conformance
