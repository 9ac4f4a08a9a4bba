// swim_serf: fuzzes memberlist's packets with all their layers, and serf's messages inside.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_swim_objects
#include "serf/codec.h"
#include "serf/envelope.h"
#include "talk/filter.h"
#include "talk/talk.h"

#include <cstdint>
#include <cstdlib>

namespace serf = mw::swim::serf;
namespace talk = mw::swim::talk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mw::swim::keyring none;
  const serf::layers layers{&none, "", [] { return std::string(12, 'n'); }};
  serf::envelope wire(layers);
  const mw::endpoint at{"10.0.0.1", 7946, false};
  const auto opened = wire.open(text, at, {});
  if (opened.messages.size() > serf::packet_expanded_max) std::abort();
  const serf::codec codec(0);
  for (const auto& one : opened.messages) {
    const std::string written = codec.encode(one.what);
    const auto again = serf::decode(written);
    if (!again || codec.encode(*again) != written) std::abort();
  }
  mw::random_stream random(1);
  talk::talk to("a", {}, random);
  const talk::tag_map tags{{"role", "web"}};
  to.receive(std::string(text), tags, {});
  to.merge_state(text, false);
  const auto out = to.take_outputs();
  if (out.events.size() > 1'024 || to.event_time() > talk::clock::lamport_max) std::abort();
  (void)talk::decode_key_answer(text);
  (void)talk::decode_key_request(text);
  (void)talk::decode_conflict(text);
  (void)talk::decode_tags(text);
  (void)talk::meant({std::string(text)}, "a", tags);
  return 0;
}
