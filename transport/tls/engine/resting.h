// resting: where connections drop what only their handshakes needed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/crypto.h"
#include "engine/openssl.h"

#include <vector>

namespace mw::tls {

// OpenSSL keeps the decoded certificates of a peer in the session of its connection: about 12 KiB
// of 24. Here connections share one session for each cipher, which says nothing else. OpenSSL lets
// a connection change its session only while it has the method of its context; so it gets a context
// of that method first, which has no keys, no trust and no part in anything to come.
class resting {
 public:
  explicit resting(const crypto& with) : crypto_(with) {}

  // `done`: its handshake is over and it needs its session no more. False: it stays as it is, as
  // those of TLS 1.2 do, which look at their session for each record.
  bool lay_down(SSL* done);

 private:
  [[nodiscard]] SSL_CTX* context_for(const SSL* done);
  [[nodiscard]] SSL_SESSION* session_for(const SSL* done);

  const crypto& crypto_;
  // Both sides' methods; the ciphers of TLS 1.3: never more than a few.
  std::vector<ssl_context_ptr> contexts_;
  std::vector<session_ptr> sessions_;
};

}  // namespace mw::tls
