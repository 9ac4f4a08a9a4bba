// crypto: an instance of OpenSSL of our own, which draws its randomness from the host.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/openssl.h"

#include <mw/result.h>

#include <cstddef>
#include <memory>
#include <span>

namespace mw::tls {

// Where keys and nonces come from. Lives as long as the crypto that draws from it.
class entropy {
 public:
  virtual void fill(std::span<std::byte> out) = 0;

 protected:
  ~entropy() = default;
};

// No configuration file and no variable of the environment has a say in it, nothing is shared with
// others in the process, and the same entropy gives the same bytes on the wire. One lane, one
// instance: OpenSSL's own locks are then never contended.
class crypto {
 public:
  // `internal` when OpenSSL lacks something that it needs.
  [[nodiscard]] static result<std::unique_ptr<crypto>> make(entropy& source);
  crypto(library_ptr library, bio_method_ptr bytes);

  [[nodiscard]] OSSL_LIB_CTX* library() const { return library_.get(); }
  // How an engine reads and writes bytes; see engine.cpp.
  [[nodiscard]] const BIO_METHOD* bytes() const { return bytes_.get(); }

 private:
  library_ptr library_;
  bio_method_ptr bytes_;
  provider_ptr randomness_;  // last: providers leave before their library
  provider_ptr algorithms_;
};

}  // namespace mw::tls
