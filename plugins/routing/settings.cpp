// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <mw/planted.h>

namespace mw::routing {

void seal_rule::fields(field_visitor& v) {
  v.field("services", services,
          "Names of services; `*` stands for any characters, as in orders.*. A message to such a "
          "service that is not sealed is refused.",
          required);
  v.field("sign", sign,
          "Sealed messages are signed by their sender, too, so that a third party can be shown who "
          "sent them. Costs a signature each; unsigned ones are refused.");
  v.check("services", !services.empty() && services.size() <= 128,
          "needs a pattern of 1 to 128 characters");
}

void settings::fields_of_seal(field_visitor& v) {
  v.field("seal", seal,
          "Services whose requests, messages and replies are sealed from end to end by the sealer: "
          "calls from here are, and nothing else is taken here. The strictest rule that matches "
          "counts. Both ends need the same rules.");
  v.check("seal", seal.size() <= 256, "at most 256 rules");
}

void settings::fields(field_visitor& v) {
  v.field("calls_max", calls_max,
          "Open calls at a time, also those to single members of a group; beyond, call() says "
          "overloaded. A call takes about 300 bytes.",
          between(1, 1'000'000), unit("calls"));
  v.field("services_max", services_max,
          "Services and groups that this node offers, and names of others that it uses; each "
          "beyond is refused.",
          between(1, 4096), unit("names"));
  v.field("waiting_max", waiting_max,
          "Requests to one service of this node without an answer; beyond, callers are told "
          "overloaded. serve() can set it for its service.",
          between(1, 1'000'000), unit("requests"));
  v.field("waiting_per_peer_max", waiting_per_peer_max,
          "The same for all requests of one peer, so that one cannot take all room.",
          between(1, 1'000'000), unit("requests"));
  v.field("deadline_max", deadline_max,
          "Longest deadline of a call or message; longer ones are cut. Bounds how long a lost "
          "answer costs memory.",
          between_of(1s, 24h));
  v.field("announce_every", announce_every,
          "How often a peer that has not confirmed this node's services is told again. Changes "
          "are told at once.",
          between_of(10ms, 1min));
  v.field("hedge_after", hedge_after,
          "With fan_out: a spare member is asked when those asked have not decided by then. "
          "0s: only when one fails.",
          between_of(0s, 1min));
  v.field("broadcasts_per_peer", broadcasts_per_peer,
          "Requests to groups or to all that one peer may send to this node, with bursts of a "
          "second's worth; beyond, they are refused. Stops broadcast storms.");
  v.field("local_max", local_max,
          "Bytes of messages of this node to itself that wait for their turn; beyond: overloaded.",
          between_of(byte_size{64 << 10}, byte_size{std::uint64_t{4} << 30}));
  v.field("outbox_max", outbox_max,
          "Messages that wait for their acknowledgement; beyond, send() says overloaded.",
          between(1, 1'000'000), unit("messages"));
  v.field("outbox_bytes", outbox_bytes, "Bytes of such messages and of dead letters, each.",
          between_of(byte_size{64 << 10}, byte_size{std::uint64_t{4} << 30}));
  v.field("redeliver_after", redeliver_after,
          "How long to wait for an acknowledgement before the second attempt, the third and so "
          "on; the last repeats. Each is varied by up to 25 % so that senders spread.");
  v.field("attempts_max", attempts_max,
          "Attempts before a message becomes a dead letter; its deadline may come first.",
          between(1, 255), unit("attempts"));
  v.field("dead_letters_max", dead_letters_max,
          "Dead letters kept for /routing/dead; the oldest goes first.", between(1, 1'000'000),
          unit("messages"));
  v.field("producers_max", producers_max,
          "Senders whose exactly_once messages are remembered, 560 bytes each; the quietest is "
          "forgotten for a new one and its late duplicates then count as new.",
          between(1, 1'000'000), unit("producers"));
  v.field("cached_replies_max", cached_replies_max,
          "Replies of exactly_once calls that are kept in case the caller asks again.",
          between(1, 1'000'000), unit("replies"));
  v.field("cached_bytes", cached_bytes, "Bytes of these replies together.",
          between_of(byte_size{64 << 10}, byte_size{std::uint64_t{4} << 30}));
  v.field("labelled_services", labelled_services,
          "Services with metrics under their own label, in the order of their first use; all "
          "others share the label `other`.",
          between(1, 1024), unit("services"));
  fields_of_seal(v);
  v.check("redeliver_after", !redeliver_after.empty() && redeliver_after.size() <= 32,
          "needs 1 to 32 delays");
  bool positive = true;
  for (const duration d : redeliver_after) positive = positive && d >= 1ms;
  v.check("redeliver_after", positive, "each delay is at least 1ms");
  v.check("broadcasts_per_peer", broadcasts_per_peer.per_second > 0, "must be above zero");
  MW_PLANTED_OPTION(v);
}

}  // namespace mw::routing
