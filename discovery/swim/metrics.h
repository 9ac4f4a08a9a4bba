// metrics: what this plug-in counts, for scrapes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claims/signed_notary.h"
#include "core/engine.h"
#include "talk/talk.h"
#include "wire/envelope.h"

#include <mw/host.h>

#include <array>
#include <cstdint>
#include <optional>

namespace mw::swim {

class metrics {
 public:
  explicit metrics(host& h);

  void sent(std::size_t bytes) const { packets_sent_.add(), bytes_sent_.add(bytes); }
  void received(std::size_t bytes) const { packets_received_.add(), bytes_received_.add(bytes); }
  void dropped(drop why) const { drops_[static_cast<std::size_t>(why)]->add(); }
  void stream(std::size_t sent, std::size_t received) const { stream_bytes_.add(sent + received); }
  void stream_opened() const { streams_.add(); }
  void stream_failed() const { streams_failed_.add(); }
  void streams_refused() const { streams_refused_.add(); }
  void send_failed() const { send_failures_.add(); }
  void snapshot_failed() const { snapshot_failures_.add(); }
  void seeds_refused() const { seeds_refused_.add(); }

  // Levels and counts of the cores, as they are now.
  void take(const engine& e, const talk::talk& t);
  void take(const claims::signed_notary& n);

 private:
  void raise(const counter& c, std::uint64_t& last, std::uint64_t now) const {
    c.add(now - last);
    last = now;
  }

  counter packets_sent_, packets_received_, bytes_sent_, bytes_received_, stream_bytes_;
  counter streams_, streams_failed_, streams_refused_, send_failures_, snapshot_failures_,
      seeds_refused_;
  gauge alive_, suspect_, failed_, left_, health_, waiting_;
  counter probes_, probes_failed_, suspicions_, refutations_, deaths_, hard_deaths_, mistakes_;
  counter withheld_, postponed_, stalls_, refused_, conflicts_, broadcasts_dropped_,
      relays_refused_;
  counter events_, queries_, duplicates_, malformed_;
  std::array<std::optional<counter>, drop_count> drops_;
  std::array<std::optional<counter>, news_classes> limited_;
  std::array<std::optional<counter>, claims::refusal_count> unbelieved_;
  counter checks_, waiting_dropped_;
  gauge cards_, claims_waiting_;
  std::array<std::uint64_t, claims::refusal_count> last_unbelieved_{};
  std::uint64_t last_checks_ = 0;
  counts last_;
  talk::counts last_talk_;
};

}  // namespace mw::swim
