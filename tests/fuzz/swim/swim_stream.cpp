// swim_stream: fuzzes the cutting of memberlist's streams: any pieces find the same end.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_swim_objects
#include "native/frames.h"
#include "serf/push_pull.h"
#include "serf/stream_cutter.h"

#include <cstdint>
#include <cstdlib>

namespace serf = mw::swim::serf;

namespace {

// Where the first whole message ends, or what became of it; one byte at a time.
std::size_t end_of(std::string_view text, bool& broken) {
  serf::stream_cutter cutter(true);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto state = cutter.feed(text.substr(i, 1));
    if (state == serf::stream_cutter::state::whole) return i + 1;
    if (state == serf::stream_cutter::state::broken) {
      broken = true;
      return i;
    }
  }
  return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  bool broken = false;
  const std::size_t end = end_of(text, broken);
  serf::stream_cutter at_once(true);
  const auto state = at_once.feed(text.substr(0, broken ? text.size() : end));
  if (!broken && end > 0 && state != serf::stream_cutter::state::whole) std::abort();
  if (broken && state != serf::stream_cutter::state::broken) std::abort();
  if (const auto back = serf::decode_push_pull(text)) {
    const std::string written = serf::encode(*back);
    const auto again = serf::decode_push_pull(written);
    if (!again || serf::encode(*again) != written) std::abort();
  }
  (void)serf::decode_error(text);
  (void)serf::decode_stream_user(text);
  mw::swim::native::frame_cutter frames;
  frames.feed(text);
  while (frames.next()) {
  }
  (void)mw::swim::native::decode_opening(text);
  return 0;
}
