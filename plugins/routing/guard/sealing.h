// sealing: which services are sealed, and how the sealer sees the messages of the router.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/metrics.h"
#include "engine/peers.h"
#include "engine/post.h"
#include "settings.h"
#include "wire/envelope.h"

#include <mw/sealer.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace mw::routing {

enum class seal_mode : std::uint8_t { none, sealed, signed_too };

// The strictest of the rules that match.
[[nodiscard]] seal_mode seal_mode_of(const std::vector<seal_rule>& rules, std::string_view service);

// What a message is bound to besides its service and its two ends: it cannot be answered with the
// answer to another, sent again as another, or lose or swap items on the way.
struct sealed_place {
  message_kind kind = message_kind::one_way;
  std::uint64_t exchange = 0;  // id of the caller's; 0: none
  std::uint32_t item = 0;  // items: number from 1; their end and the reply: how many came before
  const envelope* head = nullptr;  // of requests and messages; all but hops and time left
};

class sealing final : private sealer_carrier {
 public:
  sealing(const host& node, sealer& with, post& mail, peer_book& peers, metrics& counts)
      : node_(node), sealer_(with), mail_(mail), peers_(peers), counts_(counts) {}
  sealing(const sealing&) = delete;
  sealing& operator=(const sealing&) = delete;
  ~sealing() { sealer_.attach(nullptr); }
  void start() { sealer_.attach(this); }

  void on_peer(const peer_view& view);
  void on_keys(const peer& from, bytes_view message);

  // The sealed form of `body`, valid until the next call; `body` stays as it is.
  [[nodiscard]] result<message_out*> seal(const peer& to, std::string_view service, seal_mode mode,
                                          const sealed_place& place, const message_out& body);
  // The bytes are valid until the next message.
  [[nodiscard]] result<bytes_view> open(const peer& from, std::string_view service, seal_mode mode,
                                        const sealed_place& place, bytes_view body);

  // Refusals come sealed or, when their sender could not, plain.
  [[nodiscard]] message_out& seal_refusal(const peer& to, std::string_view service, seal_mode mode,
                                          std::uint64_t exchange, message_out& plain);
  [[nodiscard]] failure open_refusal(const peer& from, std::string_view service, seal_mode mode,
                                     std::uint64_t exchange, bytes_view body);

  // Receipts as one message of the router's own.
  [[nodiscard]] result<message_out*> seal_receipts(const peer& to, const message_out& body);
  [[nodiscard]] result<bytes_view> open_receipts(const peer& from, bytes_view message);

 private:
  void carry(std::string_view node, bytes_view message) override;

  const host& node_;
  sealer& sealer_;
  post& mail_;
  peer_book& peers_;
  metrics& counts_;
  message_out sealed_;
  message_out keys_;
};

}  // namespace mw::routing
