// last_words: keeps refused connections for a moment, so that the other side hears why.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metrics.h"

#include <mw/streams.h>

#include <cstddef>
#include <deque>
#include <memory>

namespace mw::tls {

// A stream that is destroyed resets, and a reset overtakes the alert before it. So these finish,
// and drop what still comes until the other side has gone or the time is over.
class last_words {
 public:
  static constexpr std::size_t streams_max = 512;
  static constexpr std::size_t bytes_max = 256 * 1024;  // that each may still send

  last_words(const host& h, const tls_metrics& metrics, duration patience);
  ~last_words();

  // What was written to `from` leaves; nothing else happens with it.
  void keep(stream_ptr from);
  [[nodiscard]] std::size_t count() const { return all_.size(); }

 private:
  class farewell;
  void remove(const farewell& done);
  void look();

  const host& host_;
  const tls_metrics& metrics_;
  const duration patience_;
  std::deque<std::unique_ptr<farewell>> all_;  // the oldest first
  timer clock_;                                // last: it dies first
};

}  // namespace mw::tls
