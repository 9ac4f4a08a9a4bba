// handshakes: a client that only shakes hands.
// SPDX-License-Identifier: Apache-2.0
#include "tls/handshakes.h"

#include "sockets.h"
#include "tls/certs.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace mw::bench {
namespace {

SSL_CTX* client_context() {
  static constexpr unsigned char protocol[] = "\x0cmeshwright/1";
  const cert_files files = find_certs();
  SSL_CTX* const ctx = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
  SSL_CTX_set_alpn_protos(ctx, protocol, sizeof protocol - 1);
  if (SSL_CTX_use_certificate_chain_file(ctx, files.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(ctx, files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(ctx, files.ca.c_str(), nullptr) != 1)
    give_up("cannot load certificates");
  // The measured end is the other one: it verifies, this one does not.
  SSL_CTX_set_verify(ctx, SSL_VERIFY_NONE, nullptr);
  return ctx;
}

// A connection counts when the server has taken our proof: it says something then, or ends it.
std::uint64_t shake_until(std::int64_t end, std::uint16_t port) {
  SSL_CTX* const ctx = client_context();
  std::uint64_t count = 0;
  for (; now_ns() < end; ++count) {
    const int socket = connect_to(port);
    SSL* const ssl = SSL_new(ctx);
    SSL_set_fd(ssl, socket);
    char first = 0;
    const bool done = SSL_connect(ssl) == 1 && SSL_read(ssl, &first, 1) > 0;
    if (!done) give_up("a handshake failed");
    SSL_free(ssl);
    close(socket);
  }
  SSL_CTX_free(ctx);
  return count;
}

}  // namespace

outcome measure_handshakes(const settings& with) {
  const std::int64_t begin = now_ns();
  const auto end = begin + static_cast<std::int64_t>(with.seconds * 1e9);
  std::atomic<std::uint64_t> count = 0;
  {
    std::jthread other([&] { count += shake_until(end, with.ports.front()); });
    count += shake_until(end, with.ports.front());
  }
  outcome found;
  found.messages = found.sent = count;
  found.seconds = static_cast<double>(now_ns() - begin) * 1e-9;
  found.cpu = cpu_now(with);
  return found;
}

}  // namespace mw::bench
