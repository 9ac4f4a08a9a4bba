// stream: memberlist's conversations: one message each way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "serf/envelope.h"
#include "wire/stream_party.h"

namespace mw::swim::serf {

[[nodiscard]] party_ptr make_dialler(const layers& with, knowledge& node, const stream_task& task);
[[nodiscard]] party_ptr make_acceptor(const layers& with, knowledge& node, const endpoint& from);

}  // namespace mw::swim::serf
