// metrics: names, help texts and labels.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <algorithm>
#include <utility>

namespace mw::http {
namespace {

constexpr std::array<std::string_view, 5> classes{"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::array<std::string_view, refused_count> reasons{
    "syntax",      "too_large",        "unsupported",     "no_length",     "host",
    "origin",      "identity",         "token",           "cooling",       "forgery",
    "role",        "policy",           "header_deadline", "body_deadline", "slow_endpoint",
    "slow_reader", "connections_full", "feeds_full",      "bodies_full",   "websocket"};

template <std::size_t... Is>
std::array<counter, sizeof...(Is)> counters(
    host& h, std::string_view name, std::string_view help, std::string_view label,
    const std::array<std::string_view, sizeof...(Is)>& values, std::index_sequence<Is...>) {
  return {h.counter(name, help, {{label, values[Is]}})...};
}

}  // namespace

refused reason_of(int status) noexcept {
  switch (status) {
    case 401:
      return refused::identity;
    case 403:
      return refused::origin;
    case 411:
      return refused::no_length;
    case 413:
    case 414:
    case 431:
      return refused::too_large;
    case 417:
    case 426:
    case 501:
    case 505:
      return refused::unsupported;
    case 421:
      return refused::host;
    default:
      return refused::syntax;
  }
}

http_metrics::http_metrics(host& h)
    : connections_(h.gauge("mw_http_connections", "Connections that are open.")),
      feeds_(h.gauge("mw_http_feeds", "Event streams and WebSockets that are open.")),
      accepted_(h.counter("mw_http_connections_total", "Connections accepted.")),
      evicted_(
          h.counter("mw_http_evicted_total", "Waiting connections closed in favour of new ones.")),
      dropped_(h.counter("mw_http_feed_dropped_total",
                         "Feed messages dropped because the listener was too slow.")),
      received_(h.counter("mw_http_received_bytes_total", "Bytes received.")),
      sent_(h.counter("mw_http_sent_bytes_total", "Bytes sent.")),
      forgotten_(h.counter("mw_http_forgotten_total",
                           "Addresses whose wrong tokens were forgotten early because there were "
                           "too many addresses.")),
      watched_(h.gauge("mw_http_watched_addresses", "Addresses that sent wrong tokens of late.")),
      duration_(h.histogram("mw_http_request_duration_seconds",
                            "From the last byte of a request to its answer.",
                            histogram_unit::seconds)),
      requests_(counters(h, "mw_http_requests_total", "Requests answered, by status class.", "code",
                         classes, std::make_index_sequence<5>())),
      refused_(counters(h, "mw_http_refused_total",
                        "Connections and requests turned away, by reason.", "reason", reasons,
                        std::make_index_sequence<refused_count>())) {}

void http_metrics::answered(int status, duration took) const {
  const int hundreds = std::clamp(status / 100, 1, 5);
  requests_[static_cast<std::size_t>(hundreds - 1)].add();
  duration_.record(took);
}

}  // namespace mw::http
