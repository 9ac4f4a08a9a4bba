// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

namespace mw::phi {

void settings::fields_of_formula(field_visitor& v) {
  v.field("formula", formula,
          "How silence becomes phi: meshwright (history between two bounds), akka (a normal "
          "distribution) or cassandra (an exponential one). The latter two are for comparison.");
  v.field("beat", beat,
          "A healthy peer is heard at least so often: the keep_alive of the channel. Silence "
          "counts from there. Shorter than the channel's makes every idle peer suspect.",
          between_of(10ms, 1h));
  v.field("margin_low", margin_low,
          "meshwright: silence beyond the beat before which no history makes a peer suspect. "
          "Longer than the pauses that peers take.",
          between_of(10ms, 1h));
  v.field("margin_high", margin_high,
          "meshwright: silence beyond the beat after which every history makes it suspect. Bounds "
          "the time of detection.",
          between_of(10ms, 1h));
  v.field("half_life", half_life,
          "meshwright: how fast silences of the past lose weight. Longer remembers rare pauses.",
          between_of(1min, 168h));
  v.field("pause", pause, "akka: the pause of heartbeats that is acceptable.", between_of(0s, 1h));
  v.field("deviation_min", deviation_min,
          "akka: the least standard deviation. Smaller makes quiet networks hasty.",
          between_of(1ms, 1h));
}

void settings::fields_of_doubt(field_visitor& v) {
  v.field("tick", tick,
          "How often peers are looked at. Shorter finds failures sooner, by no more than itself.",
          between_of(10ms, 10s));
  v.field("stall_aware", stall_aware,
          "Whether this node's own stalls and deafness are kept from counting against peers.");
  v.field("stall", stall, "A look that comes later than this is a stall of our own.",
          between_of(10ms, 1min));
  v.field("corroborate", corroborate,
          "Observers (members that gossip, checks) that have to suspect a peer, too, as far as any "
          "has an opinion. 0: silence decides alone.",
          between(0, 8), unit("observers"));
  v.field("veto_until", veto_until,
          "Until phi is so many times the threshold, observers that see the peer well prevail. "
          "Beyond it is suspect in any case.",
          between(1, 100), unit("thresholds"));
  v.field("withhold_until", withhold_until,
          "The same while three peers or more are silent all at once: that is probably us.",
          between(1, 100), unit("thresholds"));
  v.field("refusals", refusals,
          "Refused dials in a row after which the process is taken to be gone, at once. 0: never.",
          between(0, 100), unit("dials"));
  v.field("recovery", recovery,
          "How long a peer that was suspect gets no work after it is heard again. Doubles with "
          "each suspicion.",
          between_of(0s, 1h));
  v.field("recovery_max", recovery_max,
          "Where the doubling ends; ten times as long without a suspicion begins anew.",
          between_of(0s, 24h));
}

void settings::fields(field_visitor& v) {
  v.field("threshold", threshold,
          "Phi at which a peer is suspect. Lower is sooner and wrong more often, by a power of "
          "ten for each.",
          between(1, 100), unit("phi"));
  v.field("slow", slow, "Phi at which a peer gets a smaller share.", between(0.1, 100),
          unit("phi"));
  v.field("stopped", stopped, "Phi at which a peer gets no new work if others can take it.",
          between(0.1, 100), unit("phi"));
  v.field("slow_weight", slow_weight, "The smaller share.", between(0.01, 1), unit("of 1"));
  fields_of_formula(v);
  fields_of_doubt(v);
  v.field("peers", peers, "Peers that are watched; each beyond is not, and counted.",
          between(1, 100'000), unit("peers"));
  v.check("stopped", slow <= stopped && stopped <= threshold,
          "must lie between slow and threshold");
  v.check("margin_high", margin_low <= margin_high, "must not be below margin_low");
  v.check("recovery_max", recovery <= recovery_max, "must not be below recovery");
  v.check("stall", stall >= tick, "must not be below tick");
}

detector_rules settings::rules() const {
  detector_rules out;
  out.silence = {formula,     threshold, beat,  margin_low,
                 margin_high, half_life, pause, deviation_min};
  out.slow = slow;
  out.stopped = stopped;
  out.slow_weight = slow_weight;
  out.tick = tick;
  out.stall = stall;
  out.stall_aware = stall_aware;
  out.corroborate = corroborate;
  out.veto_until = veto_until;
  out.withhold_until = withhold_until;
  out.refusals = refusals;
  out.recovery = recovery;
  out.recovery_max = recovery_max;
  out.peers_max = peers;
  return out;
}

}  // namespace mw::phi
