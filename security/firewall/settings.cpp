// settings: names, documentation and limits of the options.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>

namespace mw::firewall {
namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t GiB = KiB * KiB * KiB;

void check_networks(field_visitor& v, std::string_view name, const std::vector<std::string>& all) {
  v.check(name, all.size() <= list_entries_max, "at most 50000 networks can be listed");
  for (const std::string& one : all) {
    const auto parsed = parse_network(one);
    if (!parsed) return v.check(name, false, parsed.error().text());
  }
}

bool doubled(const std::vector<frame_option>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (frames[i].kind == frames[k].kind && frames[i].per == frames[k].per) return true;
  return false;
}

account_limits limits_of(const account_option& from) {
  return {from.memory.count, from.connections, from.streams};
}

}  // namespace

void rate_option::fields(field_visitor& v) {
  v.field("v4", v4, "Size of the networks of IPv4 that share a rate; 32 is the single address.",
          between{0, 32}, unit{"bits"});
  v.field("v6", v6,
          "The same of IPv6; 64 is what one machine can have to itself, so that smaller networks "
          "would count one machine many times.",
          between{0, 128}, unit{"bits"});
  v.field("connections", connections, "New connections of such a network; more are refused.",
          between{0, 1e6});
  v.field("burst", burst, "How many may come at once after a rest.", between{1, 1'000'000},
          unit{"connections"});
}

void frame_option::fields(field_visitor& v) {
  v.field("kind", kind, "Frames of this kind, by the names of the wire.", required);
  v.field("per", per, "Whether each connection has this rate, or all of a peer share it.");
  v.field("rate", allowed, "Frames of the kind; 0/s forbids it.", between{0, 1e9});
  v.field("burst", burst, "How many may come at once after a rest.", between{1, 1'000'000},
          unit{"frames"});
  v.field("action", action,
          "With those beyond: drop ignores one_way and ping, refuses request, and closes for kinds "
          "that cannot be missed; close ends the connection and counts as an offence.");
}

void unproved_option::fields(field_visitor& v) {
  v.field("total", total,
          "Connections that have not said who they are; beyond it the oldest one goes.",
          between{1, 100'000}, unit{"connections"});
  v.field("per_address", per_address,
          "The same from one address (IPv6: one /64); further ones are refused.",
          between{1, 100'000}, unit{"connections"});
  v.field("per_network", per_network, "The same from one /24 of IPv4 or /48 of IPv6.",
          between{1, 100'000}, unit{"connections"});
  v.field("deadline", deadline,
          "Time to say who one is, encryption included. Longer helps nobody but an attacker.",
          between_of(10ms, 5min));
  v.field("memory", memory, "What each of them may take. TLS needs about 40 KiB.",
          between_of(byte_size{4 * KiB}, byte_size{64 * KiB * KiB}));
}

void account_option::fields(field_visitor& v) {
  v.field("memory", memory, "Bytes that all together may take.",
          between_of(byte_size{64 * KiB}, byte_size{1024 * GiB}));
  v.field("connections", connections, "Connections at a time.", between{1, 1'000'000},
          unit{"connections"});
  v.field("streams", streams, "Open exchanges that others have begun.", between{1, 100'000'000},
          unit{"streams"});
}

void leaf_option::fields(field_visitor& v) {
  v.field("memory", memory, "Bytes that one connection may take.",
          between_of(byte_size{64 * KiB}, byte_size{1024 * GiB}));
  v.field("streams", streams, "Open exchanges that its peer has begun.", between{1, 100'000'000},
          unit{"streams"});
}

void limit_option::fields(field_visitor& v) {
  v.field("system", system, "The whole node.");
  v.field("listener", listener, "All connections of one stanza that listens.");
  v.field("peer", peer,
          "All connections of one peer, by its proven identity; without proof by its node id at "
          "its address.");
  v.field("connection", connection, "One connection.");
  v.field("stream", stream, "Bytes that one message under way may take.",
          between_of(byte_size{4 * KiB}, byte_size{64 * GiB}));
  v.field("newcomers_until", newcomers_until,
          "When so much of the system's memory is booked, new connections are refused, so that "
          "those at work can finish.",
          between{1, 100}, unit{"percent"});
  v.check("peer", peer.memory <= system.memory, "its memory must not be above that of the system");
  v.check("connection", connection.memory <= peer.memory,
          "its memory must not be above that of a peer");
}

void weight_option::fields(field_visitor& v) {
  const auto weight = [&v](std::string_view name, double& value, std::string_view doc) {
    v.field(name, value, doc, between{0, 1e6}, unit{"points"});
  };
  weight("handshake_failed", handshake_failed, "Not one of us, or does not know how.");
  weight("handshake_slow", handshake_slow, "Did not say who it is in time.");
  weight("bad_frame", bad_frame, "Broken framing or a broken protocol.");
  weight("flood", flood, "Over a rate.");
  weight("over_quota", over_quota, "Asked for more than its share.");
  weight("refused", refused, "Says who it is and is not allowed.");
}

void cooling_option::fields(field_visitor& v) {
  v.field("enabled", enabled, "Whether addresses that offend have to stay away for a time.");
  v.field("threshold", threshold, "Points at which it begins.", between{0.001, 1e9},
          unit{"points"});
  v.field("half_life", half_life, "After so long half of the points are forgotten.",
          between_of(1s, 24h));
  v.field("first", first, "How long the first cool-down lasts; each further one twice as long.",
          between_of(1s, 24h));
  v.field("most", most, "How long one lasts at most.", between_of(1s, 24h * 30));
  v.check("most", most >= first, "must not be below first");
  v.field("weights", weights, "Points of each offence.");
}

void settings::fields(field_visitor& v) {
  v.field("allow", allow,
          "Networks that are let in, such as 10.0.0.0/8 or 2001:db8::/32. The longest network that "
          "holds an address decides.");
  v.field("deny", deny, "Networks that are kept out. Wins over the same network elsewhere.");
  v.field("exempt", exempt,
          "Networks that are let in without rates, caps by address and cool-downs; all other "
          "limits hold. Default: this machine.");
  check_networks(v, "allow", allow);
  check_networks(v, "deny", deny);
  check_networks(v, "exempt", exempt);
  v.field("default", unlisted, "What holds for addresses that no list holds.");
  v.field("file", file,
          "A file with more networks, a line each: allow|exempt|deny NETWORK; # begins a comment. "
          "When it cannot be read or understood, the last good list stays.");
  v.field("reload", reload,
          "How often the file is read again. Shorter finds changes sooner and reads more.",
          between_of(100ms, 24h));
  v.field("rates", rates, "New connections of each listener, by network. All rates have to agree.");
  v.check("rates", rates.size() <= 8, "at most 8 rates");
  v.field("unproved", unproved, "Connections that have not said who they are.");
  v.field("frames", frames, "Rates of frames by kind. Default: the limits of the pool alone.");
  v.check("frames", !doubled(frames), "each kind has one rate per connection and one per peer");
  v.field("limits", limits, "What may be taken: reserved before it is allocated.");
  v.field("cool_down", cool_down, "What happens to addresses that offend.");
  v.field("addresses", addresses,
          "Addresses remembered for each rate and for offences; of more, those that behaved best "
          "are forgotten. About 64 bytes each.",
          between{64, 1'048'576}, unit{"addresses"});
  v.field("alert", alert, "Refusals per second that raise an alert; 0/s: never.", between{0, 1e9});
}

rules settings::to_rules() const {
  rules out;
  out.default_deny = unlisted == default_action::deny;
  for (const rate_option& one : rates)
    out.rates.push_back({static_cast<std::uint8_t>(one.v4), static_cast<std::uint8_t>(one.v6),
                         pace::of(one.connections, one.burst)});
  out.unproved = {
      .total = unproved.total,
      .per_address = unproved.per_address,
      .per_network = unproved.per_network,
      .deadline = unproved.deadline,
      .limits = {unproved.memory.count * unproved.total, unproved.total, limits.system.streams},
      .memory_each = unproved.memory.count};
  for (const frame_option& one : frames) {
    auto& kinds = one.per == frame_counted::peer ? out.peer_frames : out.connection_frames;
    kinds[static_cast<std::size_t>(one.kind)] = {
        pace::of(one.allowed, one.burst),
        one.action == frame_action::drop ? frame_verdict::drop : frame_verdict::close};
  }
  out.system = limits_of(limits.system);
  out.listener = limits_of(limits.listener);
  out.peer = limits_of(limits.peer);
  out.connection = {limits.connection.memory.count, 1, limits.connection.streams};
  out.stream_memory = limits.stream.count;
  out.newcomers_below = limits.system.memory.count / 100 * limits.newcomers_until;
  const weight_option& w = cool_down.weights;
  out.cooling = {
      cool_down.enabled,
      cool_down.threshold,
      cool_down.half_life,
      cool_down.first,
      cool_down.most,
      {w.handshake_failed, w.handshake_slow, w.bad_frame, w.flood, w.over_quota, w.refused}};
  out.addresses = addresses;
  return out;
}

entry_list settings::lists() const {
  entry_list out;
  const auto add = [&out](const std::vector<std::string>& all, listing what) {
    for (const std::string& one : all)
      if (const auto at = parse_network(one)) out.push_back({*at, what});
  };
  add(allow, listing::allow);
  add(exempt, listing::exempt);
  add(deny, listing::deny);
  return out;
}

}  // namespace mw::firewall
