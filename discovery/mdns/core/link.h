// link: multicast DNS on one interface: what arrives is checked, heard, and answered.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/bucket.h"
#include "common/lan/interface.h"
#include "core/browser.h"
#include "core/responder.h"

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace mw::mdns {

// A step function: calls change state and add to what take_packets() gives.
class link {
 public:
  link(settings how, lan::interface where, random_stream& dice);
  link(const link&) = delete;
  link& operator=(const link&) = delete;

  void start(time_point now);
  void received(bytes_view bytes, const endpoint& from, time_point now);
  void tick(time_point now);
  // Nothing: takes back what was told. False: this must not be told on this interface.
  [[nodiscard]] bool publish(const std::optional<facts>& what, time_point now);
  void look_again(time_point now);

  [[nodiscard]] std::vector<packet> take_packets();
  [[nodiscard]] time_point next_due() const;
  // True once after the services may have changed.
  [[nodiscard]] bool take_changed() { return browser_.take_changed(); }
  // Services of others.
  [[nodiscard]] std::vector<sighting> sightings() const;
  [[nodiscard]] const lan::interface& where() const { return where_; }
  [[nodiscard]] const responder& speaks() const { return responder_; }
  [[nodiscard]] const browser& hears() const { return browser_; }
  [[nodiscard]] const counts& counted() const { return counts_; }
  [[nodiscard]] const settings& how() const { return how_; }

 private:
  [[nodiscard]] bool is_echo(bytes_view bytes);

  const settings how_;
  const lan::interface where_;
  counts counts_;
  lan::bucket packets_;
  responder responder_;
  browser browser_;
  std::vector<packet> out_;
  std::array<std::uint64_t, 16> sent_{};  // hashes of the last packets: the group is heard by all
  std::size_t next_sent_ = 0;
};

}  // namespace mw::mdns
