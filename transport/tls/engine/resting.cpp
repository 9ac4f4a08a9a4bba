// resting: contexts by method, sessions by cipher.
// SPDX-License-Identifier: Apache-2.0
#include "engine/resting.h"

#include <openssl/err.h>

namespace mw::tls {

SSL_CTX* resting::context_for(const SSL* done) {
  const SSL_METHOD* const method = SSL_get_ssl_method(done);
  for (const ssl_context_ptr& one : contexts_)
    if (SSL_CTX_get_ssl_method(one.get()) == method) return one.get();
  ssl_context_ptr made(SSL_CTX_new_ex(crypto_.library(), nullptr, method));
  if (!made) return nullptr;
  SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
  return contexts_.emplace_back(std::move(made)).get();
}

SSL_SESSION* resting::session_for(const SSL* done) {
  const SSL_CIPHER* const cipher = SSL_get_current_cipher(done);
  for (const session_ptr& one : sessions_)
    if (SSL_SESSION_get0_cipher(one.get()) == cipher) return one.get();
  session_ptr made(SSL_SESSION_new());
  if (!made || SSL_SESSION_set_protocol_version(made.get(), TLS1_3_VERSION) != 1 ||
      SSL_SESSION_set_cipher(made.get(), cipher) != 1)
    return nullptr;
  return sessions_.emplace_back(std::move(made)).get();
}

bool resting::lay_down(SSL* done) {
  if (SSL_version(done) != TLS1_3_VERSION || SSL_is_init_finished(done) != 1) return false;
  SSL_CTX* const context = context_for(done);
  SSL_SESSION* const session = session_for(done);
  const bool laid = context != nullptr && session != nullptr &&
                    SSL_set_SSL_CTX(done, context) == context &&
                    SSL_get_ssl_method(done) == SSL_CTX_get_ssl_method(context) &&
                    SSL_set_session(done, session) == 1;
  if (!laid) ERR_clear_error();
  return laid;
}

}  // namespace mw::tls
