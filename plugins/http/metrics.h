// metrics: what the server counts, in one place and under one set of names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/host.h>

#include <array>
#include <cstdint>

namespace mw::http {

// Why a connection or a request was turned away. The names are the values of the label `reason`.
enum class refused : std::uint8_t {
  syntax,            // 400: bytes that are not HTTP, or that could be read in two ways
  too_large,         // 413, 414, 431: a size limit
  unsupported,       // 417, 501, 505: a method, version, coding or expectation
  no_length,         // 411
  host,              // 421
  origin,            // 403
  identity,          // 401: no token and no certificate
  token,             // 401: a token, but none of ours
  cooling,           // 429: too many wrong tokens from that address
  forgery,           // 403: an action that a web page could have caused
  role,              // 403: who asks may only look, or is not known
  policy,            // 403: the policy forbids it
  header_deadline,   // 408: slow headers
  body_deadline,     // 408: slow body
  slow_endpoint,     // 503: an endpoint missed `request_deadline`
  slow_reader,       // nothing: the peer took no bytes for `write_deadline`
  connections_full,  // 503: no connection could be closed in favour of the new one
  feeds_full,        // 503
  bodies_full,       // 503: `body_memory` is used up
  websocket,         // frames that break RFC 6455
};
inline constexpr std::size_t refused_count = 20;
[[nodiscard]] refused reason_of(int status) noexcept;  // of refusals before an endpoint is called

class http_metrics {
 public:
  explicit http_metrics(host& h);

  void opened() const { connections_.add(1), accepted_.add(); }
  void closed() const { connections_.add(-1); }
  void evicted() const { evicted_.add(); }
  void feed_opened() const { feeds_.add(1); }
  void feed_closed() const { feeds_.add(-1); }
  void feed_dropped() const { dropped_.add(); }
  void received(std::size_t bytes) const { received_.add(bytes); }
  void sent(std::size_t bytes) const { sent_.add(bytes); }
  void answered(int status, duration took) const;
  void watched(std::size_t addresses, std::uint64_t forgotten) const {
    watched_.set(static_cast<double>(addresses));
    forgotten_.add(forgotten);
  }
  void refuse(refused why) const { refused_[static_cast<std::size_t>(why)].add(); }

 private:
  gauge connections_;
  gauge feeds_;
  counter accepted_;
  counter evicted_;
  counter dropped_;
  counter received_;
  counter sent_;
  counter forgotten_;
  gauge watched_;
  histogram duration_;
  std::array<counter, 5> requests_;  // by the first digit of the status
  std::array<counter, refused_count> refused_;
};

}  // namespace mw::http
