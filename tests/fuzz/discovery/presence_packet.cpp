// presence_packet: fuzzes calls: what was read is written and read again; a node hears it.
// SPDX-License-Identifier: Apache-2.0
// links: mw_presence
#include "common/presence/caller.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto packet = std::as_bytes(std::span(data, size));
  const auto first = mw::presence::decode(packet, "");
  if (first) {
    const auto second = mw::presence::decode(mw::as_bytes(mw::presence::encode(*first, "")), "");
    if (!second || *second != *first) std::abort();
  }
  if (mw::presence::decode(packet, "0123456789abcdef")) std::abort();  // forged
  mw::random_stream dice(1);
  mw::presence::caller_settings how;
  how.id = "n1";
  how.cluster = first ? first->cluster : "demo";
  mw::presence::caller node(how, mw::lan::parse_interface("10.0.0.1/24").value(), dice);
  node.publish(mw::presence::own_facts{"10.0.0.1:7400", ""}, {});
  node.received(packet, {.host = "10.0.0.2", .port = 1}, {}, {});
  node.tick({}, {});
  if (node.peers().size() > 1) std::abort();
  return 0;
}
