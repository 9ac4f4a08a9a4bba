// tls_pipe: OpenSSL on a socket that does not block; the only place of the kernel that knows it.
// SPDX-License-Identifier: Apache-2.0
#include "tls_pipe.h"

#include "socket_pipe.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <utility>

namespace mw::kernel::cli {
namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* what) const {
    Free(what);
  }
};
using context_ptr = std::unique_ptr<SSL_CTX, freed_by<SSL_CTX_free>>;
using session_ptr = std::unique_ptr<SSL, freed_by<SSL_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using names_ptr = std::unique_ptr<GENERAL_NAMES, freed_by<GENERAL_NAMES_free>>;

std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return reason != nullptr ? reason : "unknown reason";
}

result<context_ptr> make_context(const tls_files& files) {
  context_ptr context(SSL_CTX_new(TLS_client_method()));
  if (!context) return failure(errc::internal, "TLS cannot be set up: " + last_error());
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_AUTO_RETRY |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool trusts = files.ca.empty()
                          ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                          : SSL_CTX_load_verify_file(context.get(), files.ca.c_str()) == 1;
  if (!trusts)
    return failure(errc::invalid,
                   "the authorities in '" + files.ca + "' cannot be used: " + last_error());
  if (files.cert.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.cert.c_str()) != 1)
    return failure(errc::invalid,
                   "the certificate in '" + files.cert + "' cannot be used: " + last_error());
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return failure(errc::invalid, "the key in '" + files.key + "' cannot be used: " + last_error());
  return context;
}

// Nodes of a mesh are called by a URI, not by where they are: that there is exactly one and no DNS
// name or address says that the certificate is of that kind.
bool is_mesh_identity(SSL* session) {
  const certificate_ptr certificate(SSL_get1_peer_certificate(session));
  if (!certificate) return false;
  const names_ptr names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!names || sk_GENERAL_NAME_num(names.get()) != 1) return false;
  const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), 0);
  if (name->type != GEN_URI) return false;
  const ASN1_IA5STRING* const uri = name->d.uniformResourceIdentifier;
  const std::string_view text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                              static_cast<std::size_t>(ASN1_STRING_length(uri)));
  return text.starts_with("spiffe://");
}

bool is_called(SSL* session, const std::string& host) {
  const certificate_ptr certificate(SSL_get1_peer_certificate(session));
  if (!certificate) return false;
  return X509_check_ip_asc(certificate.get(), host.c_str(), 0) == 1 ||
         X509_check_host(certificate.get(), host.c_str(), host.size(), 0, nullptr) == 1;
}

class inside_tls final : public byte_pipe {
 public:
  inside_tls(unique_fd fd, context_ptr context, session_ptr session)
      : fd_(std::move(fd)), context_(std::move(context)), session_(std::move(session)) {}
  ~inside_tls() override { (void)SSL_shutdown(session_.get()); }

  status shake_hands(const std::string& host, bool ca_given, deadline until) {
    while (true) {
      const int done = SSL_connect(session_.get());
      if (done == 1) break;
      const auto waited = wait(done, until);
      if (!waited) return refused(waited.error());
    }
    if (is_called(session_.get(), host) || (ca_given && is_mesh_identity(session_.get())))
      return {};
    return {errc::denied,
            "the certificate of the node is not for '" + host + "'; is it the right address?"};
  }

  result<std::size_t> read(std::span<char> into, deadline until) override {
    while (true) {
      ERR_clear_error();
      std::size_t count = 0;
      const int done = SSL_read_ex(session_.get(), into.data(), into.size(), &count);
      if (done == 1) return count;
      if (SSL_get_error(session_.get(), done) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      MW_CHECK(wait(done, until));
    }
  }

  status write(std::string_view all, deadline until) override {
    while (!all.empty()) {
      ERR_clear_error();
      std::size_t count = 0;
      const int done = SSL_write_ex(session_.get(), all.data(), all.size(), &count);
      if (done == 1)
        all.remove_prefix(count);
      else
        MW_CHECK(wait(done, until));
    }
    return {};
  }

 private:
  status wait(int returned, deadline until) {
    switch (SSL_get_error(session_.get(), returned)) {
      case SSL_ERROR_WANT_READ:
        return wait_for(fd_.get(), POLLIN, until);
      case SSL_ERROR_WANT_WRITE:
        return wait_for(fd_.get(), POLLOUT, until);
      case SSL_ERROR_SSL:
        return {errc::denied, "TLS: " + last_error()};
      default:
        return {errc::disconnected, "the connection broke off"};
    }
  }

  failure refused(const failure& why) const {
    const long verdict = SSL_get_verify_result(session_.get());
    if (verdict == X509_V_OK) return why;
    return {errc::denied, std::string("the certificate of the node is not good: ") +
                              X509_verify_cert_error_string(verdict) +
                              "; name its authority with --admin-ca"};
  }

  unique_fd fd_;
  context_ptr context_;
  session_ptr session_;
};

}  // namespace

result<std::unique_ptr<byte_pipe>> tls_pipe(unique_fd fd, const std::string& host,
                                            const tls_files& files, deadline until) {
  MW_TRY(context_ptr context, make_context(files));
  session_ptr session(SSL_new(context.get()));
  constexpr unsigned char alpn[] = "\x08http/1.1";
  if (!session || SSL_set_fd(session.get(), fd.get()) != 1 ||
      SSL_set_alpn_protos(session.get(), alpn, sizeof alpn - 1) != 0)
    return failure(errc::internal, "TLS cannot be set up: " + last_error());
  const bool is_name = host.find(':') == std::string::npos &&
                       host.find_first_not_of("0123456789.") != std::string::npos;
  if (is_name) SSL_set_tlsext_host_name(session.get(), host.c_str());
  auto made = std::make_unique<inside_tls>(std::move(fd), std::move(context), std::move(session));
  MW_CHECK(made->shake_hands(host, !files.ca.empty(), until));
  return std::unique_ptr<byte_pipe>(std::move(made));
}

}  // namespace mw::kernel::cli
