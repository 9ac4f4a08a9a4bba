// metrics: names and help texts.
// SPDX-License-Identifier: Apache-2.0
#include "engine/metrics.h"

namespace mw::routing {
namespace {

constexpr std::array<std::string_view, outcome_count> outcome_names{
    "ok", "refused", "overloaded", "timed_out", "disconnected", "cancelled"};
constexpr std::array<std::string_view, refusal_count> refusal_names{
    "not_offered",   "malformed", "expired",    "waiting_full", "peer_full",  "calls_full",
    "hops",          "broadcast", "name_clash", "outbox_full",  "local_full", "fenced",
    "out_of_window", "unsealed",  "not_opened", "partial",      "opinion"};

}  // namespace

outcome outcome_of(errc kind) {
  switch (kind) {
    case errc::overloaded:
      return outcome::overloaded;
    case errc::timed_out:
      return outcome::timed_out;
    case errc::disconnected:
      return outcome::disconnected;
    default:
      return outcome::refused;
  }
}

metrics::metrics(const host& h, std::uint32_t labelled_services)
    : calls_open(h.gauge("mw_calls_open", "Calls that wait for an answer.")),
      waiting(h.gauge("mw_router_waiting", "Requests to this node without an answer yet.")),
      local_waiting(
          h.gauge("mw_router_local_bytes", "Bytes of messages to itself that wait for a turn.")),
      late(h.counter("mw_router_late_total", "Answers that came after their call had ended.")),
      acked(h.counter("mw_delivery_acked_total", "Messages that were acknowledged.")),
      redelivered(h.counter("mw_delivery_redelivered_total", "Attempts after the first.")),
      dead(h.counter("mw_delivery_dead_lettered_total", "Messages that were given up.")),
      pending(h.gauge("mw_delivery_pending", "Messages that wait for an acknowledgement.")),
      ack_latency(h.histogram("mw_delivery_ack_latency_seconds",
                              "From send() to the acknowledgement.", histogram_unit::seconds)),
      dedup_hits(h.counter("mw_dedup_hits_total", "Messages that had been seen before.")),
      producers(h.gauge("mw_dedup_producers", "Senders whose messages are remembered.")),
      replies_replayed(
          h.counter("mw_dedup_replies_replayed_total", "Cached replies that were sent again.")),
      scatter_complete(h.counter("mw_scatter_total", "Questions to several members, by result.",
                                 {{"result", "complete"}})),
      scatter_partial(h.counter("mw_scatter_total", "Questions to several members, by result.",
                                {{"result", "partial"}})),
      scatter_failed(h.counter("mw_scatter_total", "Questions to several members, by result.",
                               {{"result", "failed"}})),
      quorum_time(h.histogram("mw_quorum_seconds", "From a question to its decision.",
                              histogram_unit::seconds)),
      spares(h.counter("mw_quorum_spares_used_total", "Spare members that were asked.")),
      tables(h.counter("mw_router_tables_total", "Tables of services sent to peers.")),
      host_(h),
      labels_left_(labelled_services) {
  for (std::size_t i = 0; i < refusal_count; ++i)
    refused_[i].emplace(h.counter("mw_router_refused_total",
                                  "Calls, messages and requests that were turned away, by reason.",
                                  {{"reason", refusal_names[i]}}));
}

service_metrics metrics::of_service(std::string_view name) {
  service_metrics made;
  const bool own = labels_left_ != 0;
  if (own) --labels_left_;
  for (std::size_t i = 0; i < outcome_count; ++i)
    made.duration[i].emplace(host_.histogram(
        "mw_call_duration_seconds", "From call() to its last answer.", histogram_unit::seconds,
        {{"service", own ? name : "other"}, {"outcome", outcome_names[i]}}));
  return made;
}

}  // namespace mw::routing
