// settings: their documentation and bounds.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include "wire/envelope.h"

namespace mw::sealing {

void settings::fields(field_visitor& v) {
  v.field("cipher", cipher,
          "What this node seals with: aes-256-gcm is the fastest where the processor has AES, "
          "chacha20-poly1305 elsewhere. It opens both.");
  v.field("rotate_every", rotate_every,
          "Longest life of a key, up to a tenth less so that a cluster does not rotate at once. "
          "Shorter: what was recorded can be read for a shorter time by who takes over a node.",
          between_of(10s, 24h));
  v.field("rotate_records", rotate_records,
          "Messages after which a key seals no more; from three quarters on its successor is "
          "agreed. 2^23 is what RFC 9001 allows AES-GCM.",
          between(16, static_cast<double>(envelope_head::records_max)), unit("messages"));
  v.field("rotate_bytes", rotate_bytes, "The same for the bytes that a key seals.",
          between_of(byte_size{std::uint64_t{1} << 20}, byte_size{std::uint64_t{1} << 42}));
  v.field("grace", grace,
          "How long a key still opens and, until its successor is agreed, seals, once there is a "
          "newer one. Shorter than messages are under way: late ones are refused as unknown_key.",
          between_of(1s, 1h));
  v.field("window", window,
          "How many messages of one key a message may be behind the newest; so far replays are "
          "told from reordering. Takes a bit each.",
          between(1024, 1 << 20), unit("messages"));
  v.field("age_max", age_max,
          "Older messages are refused. Must be more than messages wait in queues and under way.",
          between_of(1s, 1h));
  v.field("clock_skew", clock_skew,
          "How far wall clocks may differ before the keys of a peer are refused as stale.",
          between_of(1s, 24h));
  v.field("forgeries_max", forgeries_max,
          "Messages under one key that did not authenticate, after which the key is given up and "
          "an alert is raised: somebody is trying.",
          between(1, static_cast<double>(std::uint64_t{1} << 36)), unit("messages"));
  v.field("announce_every", announce_every,
          "How soon a peer that has not confirmed this node's key is told again; the pause doubles "
          "up to 30s.",
          between_of(50ms, 30s));
  v.field("peers_max", peers_max,
          "Nodes that keys are kept for, about 5 KiB each; more are refused.", between(1, 65'536),
          unit("nodes"));
  v.check("grace", grace < rotate_every, "must be shorter than rotate_every");
}

limits settings::as_limits() const {
  limits out;
  out.algorithm = cipher == sealing::cipher::aes_256_gcm
                      ? crypto::aead_algorithm::aes_256_gcm
                      : crypto::aead_algorithm::chacha20_poly1305;
  out.rotate_every = rotate_every;
  out.rotate_records = rotate_records;
  out.rotate_bytes = rotate_bytes.count;
  out.grace = grace;
  out.window = window;
  out.age_max = age_max;
  out.clock_skew = clock_skew;
  out.forgeries_max = forgeries_max;
  out.announce_every = announce_every;
  out.peers_max = peers_max;
  return out;
}

}  // namespace mw::sealing
