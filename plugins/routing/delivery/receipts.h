// receipts: acknowledgements of messages, gathered over a turn, one message a peer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/shared.h"
#include "wire/envelope.h"

#include <cstdint>
#include <vector>

namespace mw::routing {

// What became of one attempt of a message; `verdict` 0: it was taken.
struct receipt {
  delivery_id of;
  std::uint8_t verdict = 0;
  friend bool operator==(const receipt&, const receipt&) = default;
};

void write_receipts(message_out& out, const std::vector<receipt>& all);
// Calls nothing for malformed messages: false.
[[nodiscard]] bool read_receipts(bytes_view message, std::vector<receipt>& into);

class receipts {
 public:
  explicit receipts(shared& with) : with_(with) {}

  // `sealed`: the message was, so its receipt is.
  void add(const peer& to, const receipt& what, bool sealed);
  // Sends what was gathered. What cannot be sent is lost: the message comes again.
  void flush();
  void on_gone(std::uint32_t peer);
  [[nodiscard]] bool waiting() const { return !peers_.empty(); }

 private:
  static constexpr std::size_t per_message_max = 1024;
  struct list {
    std::uint32_t peer;
    std::vector<receipt> all;
    bool sealed = false;
  };
  void send(list& l);

  shared& with_;
  std::vector<list> peers_;
  std::vector<list> spare_;
};

}  // namespace mw::routing
