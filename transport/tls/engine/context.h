// context: what all handshakes of one credential epoch share. Never changes; links keep theirs.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/crypto.h"
#include "settings.h"

#include <mw/credentials.h>

#include <memory>
#include <string>

namespace mw::tls {

// The application protocol of the mesh: a peer that does not name it is not one of us.
inline constexpr std::string_view mesh_protocol = "meshwright/1";
// That of the admin server; clients that name none are fine there.
inline constexpr std::string_view http_protocol = "http/1.1";

class context {
 public:
  // `invalid` with the reason when OpenSSL does not take the set; it was checked before.
  [[nodiscard]] static result<std::shared_ptr<const context>> make(const crypto& with,
                                                                   const credential_set& from,
                                                                   const settings& opt);
  context(const crypto& with, ssl_context_ptr made, const credential_set& from,
          inner_protocol inside);

  [[nodiscard]] SSL_CTX* ssl() const { return ssl_.get(); }
  [[nodiscard]] X509_STORE* trust() const { return SSL_CTX_get_cert_store(ssl_.get()); }
  [[nodiscard]] const crypto& library() const { return crypto_; }
  [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
  [[nodiscard]] const std::string& identity() const { return identity_; }
  [[nodiscard]] wall_time not_before() const { return not_before_; }
  [[nodiscard]] wall_time not_after() const { return not_after_; }
  [[nodiscard]] bool resumes() const {
    return (SSL_CTX_get_options(ssl_.get()) & SSL_OP_NO_TICKET) == 0;
  }
  [[nodiscard]] bool serves_http() const { return inside_ == inner_protocol::http; }
  [[nodiscard]] std::string_view protocol() const {
    return serves_http() ? http_protocol : mesh_protocol;
  }

 private:
  const crypto& crypto_;
  ssl_context_ptr ssl_;
  std::uint64_t epoch_;
  std::string identity_;
  wall_time not_before_;
  wall_time not_after_;
  inner_protocol inside_;
};
using context_ptr = std::shared_ptr<const context>;  // shared: links outlive the epoch

}  // namespace mw::tls
