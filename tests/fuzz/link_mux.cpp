// link_mux: any frames after a valid hello: bounds hold, the end comes once, nothing is left over.
// SPDX-License-Identifier: Apache-2.0
// links: transport_pool_objects
#include "testing/wire_end.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;
using mw::pool::wire_end;

constexpr std::size_t message_max = 200'000;
constexpr std::uint32_t exchanges_max = 8;

mw::pool::settings small_settings() {
  mw::pool::settings chosen;
  chosen.message_max.count = message_max;
  chosen.reassembly_max.count = 2 * message_max;
  chosen.exchanges = exchanges_max;
  chosen.outbox.count = 128 * 1024;
  chosen.stream_window.count = 8192;
  return chosen;
}

// Reads the input as a script: what happens, then its arguments.
class script {
 public:
  script(const std::uint8_t* data, std::size_t size) : rest_(data, size) {
    end_.shake_hands();
    MW_ASSERT(end_.ready, "a valid hello is welcome");
  }

  void run() {
    while (!rest_.empty() && end_.subject) {
      act(next());
      check();
    }
    end_.node.advance(1h);  // whatever is left open is closed by time
    for (int i = 0; i < 8; ++i) {
      end_.tick();
      end_.node.advance(1h);
    }
    MW_ASSERT(!end_.subject, "a silent peer does not keep a connection");
    MW_ASSERT(end_.downs == 1, "the end is told once");
  }

 private:
  std::uint8_t next() {
    const std::uint8_t value = rest_.empty() ? 0 : rest_.front();
    rest_.remove_prefix(rest_.empty() ? 0 : 1);
    return value;
  }
  std::string_view bytes(std::size_t count) {
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(taken.size());
    return {reinterpret_cast<const char*>(taken.data()), taken.size()};
  }

  void act(std::uint8_t what) {
    const mw::message_head head{.kind = static_cast<mw::message_kind>(what >> 3 & 7),
                                .id = next() % 12u};
    switch (what & 7) {
      case 0:
      case 1:
      case 2:
        return frame();
      case 3:
        return (void)end_.send(head, std::string(next() * 600u, 'x'));
      case 4:
        return end_.subject->consumed(head.kind, head.id, next() * 64u);
      case 5:
        end_.node.advance(next() * 10ms);
        return end_.tick();
      case 6:
        end_.read();
        return end_.writable();
      case 7:
        end_.hold = !end_.hold;
        if (what == 0xff) end_.subject->drain({mw::errc::disconnected, "script"});
    }
  }

  void frame() {
    const std::uint8_t flags = next();
    mw::wire::frame_head head{.kind = static_cast<mw::wire::frame_kind>(flags & 15),
                              .packed = static_cast<mw::wire::compression>(flags >> 4 & 1),
                              .more = (flags & 32) != 0,
                              .first = (flags & 64) == 0,
                              .priority = static_cast<mw::priority>(flags >> 7),
                              .critical = false,
                              .id = next() % 12u};
    const std::size_t size = next();
    // Large ones are mostly made up, so that short inputs reach windows and limits.
    if (size >= 200) return end_.say(head, std::string(bytes(4)) + std::string(size * 200, 'z'));
    end_.say(head, bytes(size % 24));
  }

  void check() {
    if (!end_.subject) return;
    MW_ASSERT(end_.downs <= 1, "the end is told once");
    MW_ASSERT(end_.subject->reassembling() <= 2 * message_max, "reassembly_max holds");
    MW_ASSERT(end_.subject->streams() <= 2 * exchanges_max, "exchanges holds");
    MW_ASSERT(end_.subject->waiting().bytes() <= 2 * 128 * 1024 + message_max, "outbox holds");
    if (end_.downs == 1) MW_ASSERT(!end_.send({}, "x").ok(), "what is down sends nothing");
  }

  std::basic_string_view<std::uint8_t> rest_;
  wire_end end_{small_settings()};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  script(data, size).run();
  return 0;
}
