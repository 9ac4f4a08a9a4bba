// metrics: names and sentences.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

namespace mw::swim {

metrics::metrics(host& h)
    : packets_sent_(h.counter("mw_swim_packets_sent_total", "Packets sent.")),
      packets_received_(h.counter("mw_swim_packets_received_total", "Packets that arrived.")),
      bytes_sent_(h.counter("mw_swim_sent_bytes_total", "Bytes of packets sent.")),
      bytes_received_(h.counter("mw_swim_received_bytes_total", "Bytes of packets that arrived.")),
      stream_bytes_(h.counter("mw_swim_stream_bytes_total", "Bytes of streams, both ways.")),
      streams_(h.counter("mw_swim_streams_total", "Streams opened and accepted.")),
      streams_failed_(h.counter("mw_swim_streams_failed_total", "Streams that broke.")),
      streams_refused_(h.counter("mw_swim_streams_refused_total",
                                 "Streams not opened or accepted: too many at once.")),
      send_failures_(h.counter("mw_swim_send_failures_total", "Packets that could not be sent.")),
      snapshot_failures_(h.counter("mw_swim_snapshot_failures_total",
                                   "Snapshots that could not be kept or read.")),
      seeds_refused_(h.counter("mw_swim_seeds_refused_total", "Seeds for which there is no room.")),
      alive_(h.gauge("mw_swim_members", "Members, by state.", {{"state", "alive"}})),
      suspect_(h.gauge("mw_swim_members", "Members, by state.", {{"state", "suspect"}})),
      failed_(h.gauge("mw_swim_members", "Members, by state.", {{"state", "failed"}})),
      left_(h.gauge("mw_swim_members", "Members, by state.", {{"state", "left"}})),
      health_(h.gauge("mw_swim_health_score",
                      "0: this node is well; up to 7: it gives the others more time.")),
      waiting_(h.gauge("mw_swim_broadcasts_waiting", "Pieces of news still to be spread.")),
      probes_(h.counter("mw_swim_probes_total", "Probes of members.")),
      probes_failed_(h.counter("mw_swim_probes_failed_total", "Probes without an answer.")),
      suspicions_(h.counter("mw_swim_suspicions_total", "Members that came under suspicion.")),
      refutations_(h.counter("mw_swim_refutations_total", "Claims about this node refuted.")),
      deaths_(h.counter("mw_swim_deaths_total", "Members that were found dead.")),
      hard_deaths_(h.counter("mw_swim_exits_total", "Deaths proved by a refusing port.")),
      mistakes_(h.counter("mw_swim_exit_mistakes_total",
                          "Members that were alive although their port refused.")),
      withheld_(h.counter("mw_swim_accusations_withheld_total",
                          "Accusations held back because nothing at all was heard.")),
      postponed_(h.counter("mw_swim_convictions_postponed_total",
                           "Looks at a suspect put off because nothing at all was heard.")),
      stalls_(h.counter("mw_swim_stalls_total", "Times this process stood still.")),
      refused_(h.counter("mw_swim_claims_refused_total",
                         "Claims not believed: too large, too far ahead, too many members.")),
      conflicts_(h.counter("mw_swim_conflicts_total", "Claims of a name that is taken.")),
      broadcasts_dropped_(h.counter("mw_swim_broadcasts_dropped_total",
                                    "News dropped because the queue was full.")),
      relays_refused_(h.counter("mw_swim_relays_refused_total",
                                "Indirect probes refused: too many, or not of a member.")),
      events_(h.counter("mw_swim_events_total", "User events delivered here.")),
      queries_(h.counter("mw_swim_queries_total", "Queries delivered here.")),
      duplicates_(h.counter("mw_swim_duplicates_total", "Events and queries that were known.")),
      malformed_(h.counter("mw_swim_user_malformed_total", "User messages not understood.")),
      checks_(h.counter("mw_swim_claim_checks_total", "Signatures of claims and cards checked.")),
      waiting_dropped_(h.counter("mw_swim_claims_waiting_dropped_total",
                                 "Claims whose signer's card did not come, or was one too many.")),
      cards_(h.gauge("mw_swim_cards", "Cards of other members that are known.")),
      claims_waiting_(h.gauge("mw_swim_claims_waiting", "Claims that wait for a card.")) {
  for (std::size_t i = 0; i < news_classes; ++i)
    limited_[i] = h.counter("mw_swim_origin_limited_total",
                            "News not heard: their source had said too much, by what it was.",
                            {{"what", to_string(static_cast<news_class>(i))}});
  for (std::size_t i = 0; i < claims::refusal_count; ++i)
    unbelieved_[i] = h.counter("mw_swim_claims_unbelieved_total",
                               "Claims and cards that no signature made credible, by reason.",
                               {{"reason", to_string(static_cast<claims::refusal>(i))}});
  for (std::size_t i = 1; i < drop_count; ++i)  // 0: nothing was dropped
    drops_[i] = h.counter("mw_swim_dropped_total", "Packets and streams refused, by reason.",
                          {{"reason", to_string(static_cast<drop>(i))}});
}

void metrics::take(const engine& e, const talk::talk& t) {
  std::array<std::size_t, 4> by_state{};
  for (const auto& m : e.members().all()) ++by_state[static_cast<std::size_t>(m->state)];
  alive_.set(static_cast<double>(by_state[0] + 1));
  suspect_.set(static_cast<double>(by_state[1]));
  failed_.set(static_cast<double>(by_state[2]));
  left_.set(static_cast<double>(by_state[3]));
  health_.set(e.health());
  waiting_.set(static_cast<double>(e.waiting_broadcasts()));
  const counts& c = e.counted();
  raise(probes_, last_.probes, c.probes);
  raise(probes_failed_, last_.probes_failed, c.probes_failed);
  raise(suspicions_, last_.suspicions, c.suspicions);
  raise(refutations_, last_.refutations, c.refutations);
  raise(deaths_, last_.deaths, c.deaths);
  raise(hard_deaths_, last_.hard_deaths, c.hard_deaths);
  raise(mistakes_, last_.hard_mistakes, c.hard_mistakes);
  raise(withheld_, last_.accusations_withheld, c.accusations_withheld);
  raise(postponed_, last_.convictions_postponed, c.convictions_postponed);
  raise(stalls_, last_.stalls, c.stalls);
  raise(refused_, last_.refused_claims, c.refused_claims);
  raise(conflicts_, last_.conflicts, c.conflicts);
  raise(broadcasts_dropped_, last_.broadcasts_dropped, c.broadcasts_dropped);
  raise(relays_refused_, last_.relays_refused, c.relays_refused);
  raise(waiting_dropped_, last_.waiting_dropped, c.waiting_dropped);
  for (std::size_t i = 0; i < news_classes; ++i)
    raise(*limited_[i], last_.limited[i], c.limited[i]);
  claims_waiting_.set(static_cast<double>(e.waiting_claims()));
  const talk::counts& s = t.counted();
  raise(events_, last_talk_.events, s.events);
  raise(queries_, last_talk_.queries, s.queries);
  raise(duplicates_, last_talk_.duplicates, s.duplicates + s.old);
  raise(malformed_, last_talk_.malformed, s.malformed + s.refused);
}

void metrics::take(const claims::signed_notary& n) {
  raise(checks_, last_checks_, n.checked());
  cards_.set(static_cast<double>(n.cards()));
  for (std::size_t i = 0; i < claims::refusal_count; ++i)
    raise(*unbelieved_[i], last_unbelieved_[i], n.refused()[i]);
}

}  // namespace mw::swim
