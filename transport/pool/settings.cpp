// settings: names, documentation and limits of the options.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <mw/planted.h>

namespace mw::pool {

namespace {

constexpr std::uint64_t KiB = 1024;
constexpr std::uint64_t MiB = 1024 * KiB;

void connection_fields(settings& s, field_visitor& v) {
  v.field("connections", s.connections,
          "Connections to each peer: the first number is kept open, the second is the most.");
  v.check("connections", s.connections.low <= s.connections.high && s.connections.high >= 1,
          "needs at least one connection, and the first number not above the second");
  v.check("connections", s.connections.high <= 64, "must not be above 64");
  v.field("connections_total", s.connections_total,
          "Connections to all peers; the one unused for longest makes room for a new one.",
          between(1, 1'000'000));
  v.field("unproved", s.unproved,
          "Connections that have not said who they are; beyond it the oldest one is closed.",
          between(1, 100'000));
  v.field("dials", s.dials, "Dials at a time; others wait, so that a restart is no storm.",
          between(1, 10'000));
  v.field("streams", s.streams,
          "Open exchanges on a connection; from 70 % on another connection is opened.",
          between(1, 1'000'000));
  v.field("dial_deadline", s.dial_deadline, "Time to connect, encryption included.",
          between_of(10ms, 5min));
  v.field("handshake_deadline", s.handshake_deadline,
          "Time for both hellos; longer helps nobody but an attacker.", between_of(10ms, 5min));
  v.field("idle_timeout", s.idle_timeout,
          "A connection beyond the kept ones is closed after so long without a message.",
          between_of(100ms, 24h));
  v.field("lifetime", s.lifetime,
          "Connections are replaced at this age, less up to 10 %, so that load spreads anew.",
          between_of(1s, 24h * 365));
  v.field("drain_deadline", s.drain_deadline,
          "Time for open exchanges to finish before a connection closes.", between_of(0s, 10min));
  v.field("retry_from", s.retry_from, "Longest pause after the first failed dial.",
          between_of(1ms, 1min));
  v.field("retry_to", s.retry_to, "Longest pause between dials; pauses double up to it.",
          between_of(1ms, 1h));
  v.check("retry_to", s.retry_to >= s.retry_from, "must not be below retry_from");
  v.field("keep_alive", s.keep_alive, "Silence after which a peer is asked for a sign of life.",
          between_of(10ms, 1h));
  v.field("dead_after", s.dead_after, "So many silences in a row mean that the connection is dead.",
          between(1, 100));
}

void peer_fields(settings& s, field_visitor& v) {
  v.field("peers", s.peers, "Peers known at a time; further ones are ignored.",
          between(1, 1'000'000));
  v.field("forget_after", s.forget_after,
          "A peer that no discovery lists and that is not connected is forgotten after this.",
          between_of(0s, 24h));
  v.field("waiting_messages", s.waiting_messages,
          "Messages for a peer that is not connected; beyond it senders are refused.",
          between(0, 1'000'000));
  v.field("waiting_bytes", s.waiting_bytes, "The same in bytes.",
          between_of(byte_size{0}, byte_size{1024 * MiB}));
  v.field("waiting_deadline", s.waiting_deadline,
          "How long a message without a deadline of its own waits for its peer.",
          between_of(1ms, 1h));
}

void message_fields(settings& s, field_visitor& v) {
  v.field("message_max", s.message_max, "The largest message, in and out.",
          between_of(byte_size{4 * KiB}, byte_size{1024 * MiB}));
  v.field("fragment", s.fragment,
          "Larger messages leave in parts of this size, so that others can overtake them.",
          between_of(byte_size{KiB}, byte_size{256 * KiB}));
  v.field("reassembly_max", s.reassembly_max, "Parts of unfinished messages of one connection.",
          between_of(byte_size{KiB}, byte_size{4096 * MiB}));
  v.check("reassembly_max", s.reassembly_max >= s.message_max, "must not be below message_max");
  v.field("assembly_deadline", s.assembly_deadline,
          "A message whose parts stop for so long ends its connection.", between_of(10ms, 10min));
  v.field("assembly_rate", s.assembly_rate, "Bytes per second that a message must make.",
          at_least{0});
  v.field("outbox", s.outbox, "Bytes that wait for room in one connection; more is refused.",
          between_of(byte_size{64 * KiB}, byte_size{1024 * MiB}));
  v.field("outbox_messages", s.outbox_messages, "The same in messages.", between(1, 10'000'000));
  v.field("unsent", s.unsent,
          "Bytes handed to the transport ahead; smaller lets critical messages overtake sooner, "
          "larger moves bulk faster.",
          between_of(byte_size{4 * KiB}, byte_size{16 * MiB}));
  v.field("link_window", s.link_window,
          "Bytes of stream items and large messages a peer may send ahead on a connection.",
          between_of(byte_size{64 * KiB}, byte_size{1024 * MiB}));
  v.check("link_window", s.link_window.count >= 4 * s.fragment.count,
          "must be at least four times fragment");
  v.field("stream_window", s.stream_window, "Bytes of items a peer may send ahead on one stream.",
          between_of(byte_size{4 * KiB}, byte_size{256 * MiB}));
  v.field("exchanges", s.exchanges, "Streams that each side may have open on a connection.",
          between(1, 1'000'000));
  v.field("compression", s.compression,
          "Of messages, when the peer can too: auto compresses between zones only.");
  v.field("compress_from", s.compress_from, "Smaller messages are not worth compressing.",
          between_of(byte_size{64}, byte_size{16 * MiB}));
  v.field("compress_unauthenticated", s.compress_unauthenticated,
          "Compress where the transport does not prove who the peer is; opens the door to bombs.");
  v.field("checksum", s.checksum,
          "Of frames: auto takes none where the transport protects the bytes itself, else crc32c.");
}

}  // namespace

bool others_reach(const endpoint& at) {
  return !at.local && at.port != 0 && at.host != "0.0.0.0" && at.host != "::";
}

void settings::fields(field_visitor& v) {
  v.field("id", id,
          "Node id told to peers; empty: the node's own. For programs that play several nodes.");
  v.field("advertise", advertise,
          "Where others reach this node; sources of peers that list nodes tell it. Default: where "
          "the transport listens, unless that is a wildcard such as 0.0.0.0.");
  v.check("advertise", !advertise || others_reach(*advertise),
          "is an address that others can reach, such as 10.0.0.5:7400");
  connection_fields(*this, v);
  peer_fields(*this, v);
  message_fields(*this, v);
  v.field("cancels", cancels, "Exchanges a peer may cancel on a connection; more closes it.",
          at_least{1});
  v.field("pings", pings, "Pings a peer may send on a connection; more closes it.", at_least{1});
  v.field("frames", frames, "Frames a peer may send on a connection; 0: any number.", at_least{0});
  MW_PLANTED_OPTION(v);
}

outbox_limits settings::outbox_bounds() const {
  return {.bytes = outbox.count, .messages = outbox_messages, .unsent = unsent.count};
}

assembly_limits settings::assembly_bounds() const {
  return {.message_max = message_max.count,
          .total_max = reassembly_max.count,
          .deadline = assembly_deadline,
          .rate_min = static_cast<std::uint64_t>(assembly_rate.per_second)};
}

}  // namespace mw::pool
