// envelope: what is around the messages of a packet; one implementation a wire mode.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine.h"
#include "core/model.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

// Why something was dropped; a label of a metric.
enum class drop : std::uint8_t {
  none,
  malformed,
  plaintext,  // it had to be encrypted
  key,        // no key of ours opens it, or it was changed on its way
  label,      // of another cluster
  checksum,
  replayed,
  stale,     // older than what may still be under way
  unproved,  // a reply would be larger than what its receiver sent
  overflow,  // too many senders or packets wait for their proof
};
inline constexpr std::size_t drop_count = static_cast<std::size_t>(drop::overflow) + 1;
[[nodiscard]] std::string_view to_string(drop why) noexcept;

struct heard_message {
  message what;
  endpoint from;
};

// What came out of one packet: messages, why the rest was dropped, and packets to send at once.
struct opened_packet {
  std::vector<heard_message> messages;
  drop why = drop::none;
  struct answer {
    endpoint to;
    std::string bytes;
  };
  std::vector<answer> answers;
};

class packet_envelope {
 public:
  // Empty: it may not be sent (it would be a reply larger than what came).
  [[nodiscard]] virtual std::string close(const packet& p, time_point now) = 0;
  [[nodiscard]] virtual opened_packet open(std::string_view bytes, const endpoint& from,
                                           time_point now) = 0;

 protected:
  ~packet_envelope() = default;
};

}  // namespace mw::swim
