// mdns_link: fuzzes multicast DNS with packets in a row: tables stay bounded, answers can be read.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_mdns_objects mw_lan mw_dns mw_sources
#include "core/link.h"
#include "core/own_records.h"
#include "seen_peers.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

// The input is packets, each behind two bytes: what to do before (sender, time), and its length
// in units of four bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mw::random_stream dice(1);
  mw::mdns::settings how;
  how.service = mw::mdns::parse_service("_meshwright._tcp.local").value();
  how.peers_max = 8;
  mw::mdns::link link(how, mw::lan::parse_interface("10.0.0.1/24").value(), dice);
  mw::time_point now{};
  link.start(now);
  (void)link.publish(mw::mdns::facts{"n1", "demo", "a", {.host = "10.0.0.1", .port = 7400}}, now);
  for (int packets = 0; size >= 2 && packets < 64; ++packets) {
    const unsigned before = data[0];
    const std::size_t length = std::min<std::size_t>(std::size_t{data[1]} * 4, size - 2);
    now = now + std::chrono::milliseconds(50) * (before & 0x3fU);
    for (int ticks = 0; link.next_due() <= now && ticks < 100; ++ticks) link.tick(now);
    const mw::endpoint from{.host = "10.0.0.2",
                            .port = (before & 0x40U) != 0 ? std::uint16_t{4000} : mw::mdns::port};
    link.received(std::as_bytes(std::span(data + 2, length)), from, now);
    for (const mw::mdns::packet& one : link.take_packets()) {
      if (one.bytes.size() > mw::mdns::packet_max) std::abort();
      if (!mw::dns::read_message(mw::as_bytes(one.bytes), mw::dns::dialect::multicast, {}))
        std::abort();
    }
    data += 2 + length;
    size -= 2 + length;
  }
  if (link.hears().known().size() > 8 * how.peers_max + 64) std::abort();
  mw::sources::peer_list peers;
  std::set<std::string> foreign;
  mw::mdns::add_peers(link, "demo", peers, foreign);
  if (peers.size() + foreign.size() > how.peers_max) std::abort();
  for (const mw::peer_found& one : peers)
    if (!mw::parse_endpoint(one.address)) std::abort();
  return 0;
}
