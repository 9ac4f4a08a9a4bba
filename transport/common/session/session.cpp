// session: choices of the best common values, refusals that name both sides, the transcript.
// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include "common/frame_flags.h"
#include "common/frame_payload.h"

#include <algorithm>
#include <array>
#include <string>

namespace mw::wire {
namespace {

// The first that both sides have. `none` comes first: it is offered only where the transport
// protects the bytes already, or where somebody asked for it. XXH3 is the faster and the stronger
// one of the others, and four bytes longer.
constexpr std::array<checksum, 3> preferred_sums{checksum::none, checksum::xxh3, checksum::crc32c};
constexpr std::array<compression, 3> preferred_packings{compression::lz4, compression::zstd,
                                                        compression::none};

std::string versions_of(const hello& h) {
  return std::to_string(h.low) + " to " + std::to_string(h.high);
}

std::string both(const std::string& ours, const std::string& theirs) {
  return "ours: " + ours + ", theirs: " + theirs;
}

// Who it is, before what it can do: somebody else's settings do not matter.
status check_peer(const hello& ours, const hello& theirs) {
  const bool same_process =
      ours.node == theirs.node && ours.cluster == theirs.cluster && ours.life == theirs.life;
  if (ours.nonce == theirs.nonce || same_process)
    return {errc::invalid, "node " + ours.node +
                               " reached itself: one of the peers it was told of is its own "
                               "address"};
  if (ours.cluster != theirs.cluster)
    return {errc::denied, "another cluster (" + both(ours.cluster, theirs.cluster) +
                              "): nodes talk only within theirs, see node.cluster"};
  if (ours.node == theirs.node)
    return {errc::denied, "a second node named " + ours.node + " in cluster " + ours.cluster +
                              " (life " +
                              both(std::to_string(ours.life), std::to_string(theirs.life)) +
                              "): give each node an id of its own, see node.id"};
  return {};
}

status check_codec(const hello& ours, const hello& theirs) {
  if (ours.codec == theirs.codec) return {};
  return {errc::unsupported, "another codec (" + both(ours.codec, theirs.codec) +
                                 "): configure the same at both sides"};
}

result<std::uint16_t> common_version(const hello& ours, const hello& theirs) {
  const std::uint16_t version = std::min(ours.high, theirs.high);
  if (version >= std::max(ours.low, theirs.low)) return version;
  return {errc::unsupported, "no common version of the link format (" +
                                 both(versions_of(ours), versions_of(theirs)) +
                                 "): update the older side"};
}

result<checksum> common_checksum(const hello& ours, const hello& theirs) {
  for (const checksum sum : preferred_sums)
    if (ours.checksums.has(sum) && theirs.checksums.has(sum)) return sum;
  return {errc::unsupported, "no common checksum (" +
                                 both(to_string(ours.checksums), to_string(theirs.checksums)) +
                                 "): allow the same at both sides"};
}

compression common_compression(const hello& ours, const hello& theirs) {
  for (const compression packing : preferred_packings)
    if (ours.compressions.has(packing) && theirs.compressions.has(packing)) return packing;
  return compression::none;
}

void add_with_size(sha256& hash, bytes_view bytes) {
  std::array<std::byte, 4> size;
  flags::store(static_cast<std::uint32_t>(bytes.size()), size.data());
  hash.add(size);
  hash.add(bytes);
}

digest transcript_of(bytes_view diallers, bytes_view listeners) {
  sha256 hash;
  hash.add(as_bytes("meshwright link 1"));
  add_with_size(hash, diallers);
  add_with_size(hash, listeners);
  return hash.finish();
}

failure out_of_turn(const frame_head& head, std::string_view wanted) {
  return {errc::invalid, "a frame of kind " + std::string(to_string(head.kind)) +
                             " where the handshake wants " + std::string(wanted)};
}

}  // namespace

hello offered(hello configured, const link_facts& facts) {
  if (!facts.authenticated && !facts.compress_unauthenticated)
    configured.compressions = compression_set(compression::none);
  configured.compressions.add(compression::none);
  checksum_set checking = configured.checksums;
  checking.remove(checksum::none);
  if (!facts.authenticated && checking.bits != 0) configured.checksums = checking;
  return configured;
}

result<session> negotiate(const spoken_hello& ours, const spoken_hello& theirs, role we_are) {
  const hello& a = ours.says;
  const hello& b = theirs.says;
  session out;
  MW_CHECK(check_peer(a, b));
  MW_TRY(out.version, common_version(a, b));
  MW_CHECK(check_codec(a, b));
  MW_TRY(out.sum, common_checksum(a, b));
  out.packed = common_compression(a, b);
  out.frame_max = std::min({a.frame_max, b.frame_max, static_cast<std::uint32_t>(frame_max)});
  out.message_max = std::min(a.message_max, b.message_max);
  out.stream_window = std::min(a.stream_window, b.stream_window);
  out.link_window = std::min(a.link_window, b.link_window);
  out.exchanges = std::min(a.exchanges, b.exchanges);
  const bool dialled = we_are == role::dialler;
  out.transcript =
      transcript_of(dialled ? ours.sent : theirs.sent, dialled ? theirs.sent : ours.sent);
  out.peer = b;
  return out;
}

result<handshake> handshake::begin(const hello& configured, const link_facts& facts, role we_are) {
  spoken_hello ours{offered(configured, facts), {}};
  MW_TRY(ours.sent, write_hello(ours.says));
  return handshake(std::move(ours), we_are);
}

result<handshake::step> handshake::on_frame(const frame_head& head, bytes_view payload) {
  if (head.kind == frame_kind::goodbye) return read_farewell(payload).in("the peer refuses");
  switch (phase_) {
    case phase::hello:
      if (head.kind != frame_kind::hello) return out_of_turn(head, "a hello");
      break;
    case phase::confirm:
      if (head.kind != frame_kind::confirm) return out_of_turn(head, "a confirm");
      break;
    case phase::done:
      return out_of_turn(head, "nothing more");
  }
  if (head.more || !head.first || head.packed != compression::none || head.id != 0)
    return {errc::invalid, "a " + std::string(to_string(head.kind)) +
                               " frame in fragments, compressed or with an id: it is one plain "
                               "frame with id 0"};
  return phase_ == phase::hello ? on_hello(payload) : on_confirm(payload);
}

result<handshake::step> handshake::on_hello(bytes_view payload) {
  spoken_hello theirs;
  MW_TRY(theirs.says, read_hello(payload));
  theirs.sent.assign(payload.begin(), payload.end());
  MW_TRY(agreed_, negotiate(ours_, theirs, role_));
  phase_ = phase::confirm;
  return step::send_confirm;
}

result<handshake::step> handshake::on_confirm(bytes_view payload) {
  if (!std::equal(payload.begin(), payload.end(), agreed_.transcript.begin(),
                  agreed_.transcript.end()))
    return {errc::denied,
            "node " + agreed_.peer.node +
                " confirms other hellos than were exchanged here: somebody between the two changed "
                "them; use a secure transport"};
  phase_ = phase::done;
  return step::done;
}

}  // namespace mw::wire
