// stream: native conversations: a probe, or a comparison that costs what there is to tell.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/keyring.h"
#include "wire/stream_party.h"

#include <mw/function.h>

#include <string>

namespace mw::swim::native {

struct stream_facts {
  std::string cluster;
  const keyring* keys = nullptr;  // never null
  function<std::string()> salt;   // 16 fresh bytes each time
};

[[nodiscard]] party_ptr make_dialler(const stream_facts& with, knowledge& node,
                                     const stream_task& task);
// `from`: who has come.
[[nodiscard]] party_ptr make_acceptor(const stream_facts& with, knowledge& node,
                                      const endpoint& from);

}  // namespace mw::swim::native
