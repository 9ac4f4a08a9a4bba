// first_words: made by OpenSSL.
// SPDX-License-Identifier: Apache-2.0
#include "first_words.h"

#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>

namespace mw::bench {

std::string first_words_of_tls() {
  static constexpr unsigned char protocol[] = "\x0cmeshwright/1";
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> with(SSL_CTX_new(TLS_client_method()),
                                                               &SSL_CTX_free);
  SSL_CTX_set_min_proto_version(with.get(), TLS1_3_VERSION);
  SSL_CTX_set_alpn_protos(with.get(), protocol, sizeof protocol - 1);
  SSL_CTX_set1_groups_list(with.get(), "X25519");
  const std::unique_ptr<SSL, decltype(&SSL_free)> one(SSL_new(with.get()), &SSL_free);
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(one.get(), in, out);
  SSL_set_connect_state(one.get());
  (void)SSL_do_handshake(one.get());  // which wants an answer
  std::string words(4096, ' ');
  const int size = BIO_read(out, words.data(), static_cast<int>(words.size()));
  if (size <= 0) throw std::runtime_error("OpenSSL says nothing");
  words.resize(static_cast<std::size_t>(size));
  return words;
}

}  // namespace mw::bench
