// metrics: what the plug-in counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

#include <mw/host.h>

#include <array>

namespace mw::tls {

class tls_metrics {
 public:
  explicit tls_metrics(const host& h);

  void handshake_done(const engine& who, duration lasted) const;
  void handshake_failed(side here, const verdict& why) const;
  // A live link was ended by what the peer sent or is.
  void link_ended(const verdict& why) const;
  void received(std::size_t bytes) const { bytes_in_.add(bytes); }
  void sent(std::size_t bytes) const { bytes_out_.add(bytes); }
  void links(std::size_t current, std::size_t older) const;
  void handshakes(std::size_t under_way, std::size_t waiting) const;
  void rotated(std::uint64_t epoch, wall_time end) const;
  void last_words_dropped() const { words_dropped_.add(); }
  void rotation_failed() const { rotations_failed_.add(); }
  void step_waited() const { waits_.add(); }
  void went_cold() const { cold_.add(); }

 private:
  void count_alert(const verdict& why) const;
  void count_code(const verdict& why) const;

  const host& host_;
  std::array<counter, 2> done_;  // by side
  std::array<counter, 2> failed_;
  std::array<histogram, 2> seconds_;
  counter resumed_;
  counter bytes_in_;
  counter bytes_out_;
  counter words_dropped_;
  counter rotations_;
  counter rotations_failed_;
  counter waits_;
  counter cold_;
  gauge links_current_;
  gauge links_older_;
  gauge under_way_;
  gauge waiting_;
  gauge epoch_;
  gauge ends_;
};

}  // namespace mw::tls
