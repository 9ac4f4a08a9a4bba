// settings: names, documentation and limits of the options.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

#include <algorithm>

namespace mw::tls {

namespace {

template <class Choice>
bool each_once(std::vector<Choice> all) {
  std::sort(all.begin(), all.end());
  return !all.empty() && std::adjacent_find(all.begin(), all.end()) == all.end();
}

}  // namespace

void settings::fields(field_visitor& v) {
  v.field("protocol", protocol,
          "What is spoken inside: mesh between nodes, http for a stanza that `http` listens with. "
          "One that serves http is never dialled with.");
  v.field("client_certificates", client_certificates,
          "Whether who connects has to prove who it is. With optional one without a certificate is "
          "let in unproved, a bad one is still refused; none asks for nothing, for browsers and "
          "scrapers that bring a token.");
  v.check("client_certificates",
          protocol == inner_protocol::http || client_certificates == client_proof::required,
          "may only be optional or none where protocol is http: nodes always prove who they are");
  v.field("min_version", min_version,
          "The oldest version of TLS that is spoken. Write \"1.2\" only for peers that cannot do "
          "better; then only with forward secrecy and authenticated ciphers.");
  v.field("ciphers", ciphers,
          "Ciphers by preference. All three are safe; aes-128-gcm is the fastest where the "
          "processor has AES, chacha20-poly1305 where it has not.");
  v.check("ciphers", each_once(ciphers), "needs at least one cipher, each at most once");
  v.field("groups", groups, "Key agreements by preference.");
  v.check("groups", each_once(groups), "needs at least one group, each at most once");
  v.field("resumption", resumption,
          "Whether a peer that comes back may skip the proof that its key is still its own. Makes "
          "reconnecting cheaper; tickets end with the stanza and with each change of credentials.");
  v.field(
      "handshake_deadline", handshake_deadline,
      "Time for the handshake of a connection that arrives; longer helps nobody but an attacker. "
      "Dials have the deadline of their caller.",
      between_of(10ms, 5min));
  v.field("handshakes", handshakes,
          "Handshakes under way of connections that arrived; the oldest makes room for a new one. "
          "Bounds the memory, about 60 KiB each.",
          between{1, 100'000}, unit{"handshakes"});
  v.field("handshake_steps", handshake_steps,
          "Steps of handshakes in one turn, up to 1 ms each; others wait for the next turn, the "
          "oldest first, so that live links do not stall.",
          between{1, 1000}, unit{"steps"});
  v.field("key_updates", key_updates,
          "How often a peer may change its keys on a link; more closes it.", at_least{0.01});
  v.field("recheck_within", recheck_within,
          "How soon after a change of credentials, of revocations or of rules all live links have "
          "been looked at again; those that would not be accepted any more are closed.",
          between_of(10ms, 1min));
  v.field("last_words", last_words,
          "How long a refused connection is kept so that the other side hears why.",
          between_of(0s, 10s));
}

}  // namespace mw::tls
