// engine: drives OpenSSL's state machine and says in our words what became of it.
// SPDX-License-Identifier: Apache-2.0
#include "engine/engine.h"

#include "engine/chain_rules.h"
#include "engine/engine_bytes.h"
#include "engine/engine_refusals.h"

#include <mw/assert.h>

#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mw::tls {

namespace {

constexpr std::size_t record_max = 16 * 1024;
constexpr std::uint32_t updates_at_once = 4;  // before the allowance is asked

// What somebody else on this thread has left would be taken for ours. Mostly there is nothing, and
// looking costs a tenth of clearing.
void forget_old_errors() {
  if (ERR_peek_error() != 0) [[unlikely]]
    ERR_clear_error();
}

}  // namespace

bool allowance::spend(time_point now) {
  const double seconds = std::chrono::duration<double>(now - counted_).count();
  left_ = std::min(most(), left_ + seconds * per_second_);
  counted_ = now;
  if (left_ < 1) return false;
  left_ -= 1;
  return true;
}

// The functions that OpenSSL calls back; a friend so that they need no public door.
struct engine_callbacks {
  static engine& of(const SSL* ssl) { return *static_cast<engine*>(SSL_get_ex_data(ssl, 0)); }

  static int verify(X509_STORE_CTX* with, void*) {
    auto* const ssl =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(with, SSL_get_ex_data_X509_STORE_CTX_idx()));
    engine& self = of(ssl);
    const auto reject = [&](verdict why, int error) {
      self.outcome_ = std::move(why);
      X509_STORE_CTX_set_error(with, error);
      return 0;
    };
    if (self.judge_ == nullptr)
      return reject({refusal::renegotiation, {}, -1}, X509_V_ERR_CERT_REJECTED);
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &chosen, &size);
    if (size == 0 && !self.context_->serves_http())
      return reject({refusal::no_protocol, {}, -1}, X509_V_ERR_APPLICATION_VERIFICATION);
    verdict seen = verify_chain(with, self.judge_->now());
    if (seen.why != refusal::none) {
      self.outcome_ = std::move(seen);
      return 0;
    }
    seen = self.judge_->accept(*X509_STORE_CTX_get0_cert(with));
    if (seen.why != refusal::none) return reject(std::move(seen), X509_V_ERR_CERT_REJECTED);
    X509_STORE_CTX_set0_verified_chain(with, nullptr);  // it would be kept with the connection
    return 1;
  }

  static int hello(SSL* ssl, int* alert, void*) {
    const unsigned char* names = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &names,
                                  &size) == 1)
      return SSL_CLIENT_HELLO_SUCCESS;
    if (of(ssl).context_->serves_http()) return SSL_CLIENT_HELLO_SUCCESS;
    // Who speaks an old version shall hear that, and not this.
    const bool old =
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &names, &size) != 1;
    if (old && SSL_get_min_proto_version(ssl) == TLS1_3_VERSION) return SSL_CLIENT_HELLO_SUCCESS;
    of(ssl).outcome_ = {refusal::no_protocol, {}, -1};
    *alert = SSL_AD_NO_APPLICATION_PROTOCOL;
    return SSL_CLIENT_HELLO_ERROR;
  }

  static int choose_protocol(SSL* ssl, const unsigned char** chosen, unsigned char* chosen_size,
                             const unsigned char* names, unsigned size, void*) {
    const std::string_view protocol = of(ssl).context_->protocol();
    for (unsigned at = 0; at < size; at += 1u + names[at]) {
      const unsigned length = names[at];
      if (at + 1 + length > size) break;
      if (length != protocol.size() || std::memcmp(names + at + 1, protocol.data(), length) != 0)
        continue;
      *chosen = names + at + 1;
      *chosen_size = static_cast<unsigned char>(length);
      return SSL_TLSEXT_ERR_OK;
    }
    of(ssl).outcome_ = {refusal::wrong_protocol, {}, -1};
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  }

  static int ticket(SSL* ssl, SSL_SESSION* session) {
    of(ssl).ticket_.reset(session);
    return 1;  // it is ours now
  }

  static void message(int written, int, int kind, const void* bytes, std::size_t size, SSL* ssl,
                      void*) {
    if (kind == SSL3_RT_HEADER || kind == SSL3_RT_INNER_CONTENT_TYPE || size == 0) return;
    engine& self = of(ssl);
    const auto* const body = static_cast<const unsigned char*>(bytes);
    if (kind == SSL3_RT_ALERT && size >= 2 && body[1] != SSL_AD_CLOSE_NOTIFY)
      self.outcome_.alert = body[1];
    if (kind == SSL3_RT_HANDSHAKE && written == 0 && self.proved_ &&
        (body[0] == SSL3_MT_KEY_UPDATE || body[0] == SSL3_MT_NEWSESSION_TICKET))
      ++self.updates_seen_;
  }
};

void engine::install(SSL_CTX* in, client_proof clients) {
  int verify = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  if (clients == client_proof::optional) verify = SSL_VERIFY_PEER;
  if (clients == client_proof::none) verify = SSL_VERIFY_NONE;
  SSL_CTX_set_verify(in, verify, nullptr);
  SSL_CTX_set_cert_verify_callback(in, &engine_callbacks::verify, nullptr);
  SSL_CTX_set_client_hello_cb(in, &engine_callbacks::hello, nullptr);
  SSL_CTX_set_alpn_select_cb(in, &engine_callbacks::choose_protocol, nullptr);
  SSL_CTX_set_msg_callback(in, &engine_callbacks::message);
  SSL_CTX_sess_set_new_cb(in, &engine_callbacks::ticket);
}

engine::engine(context_ptr with, side here, judge& of_peer, rate key_updates)
    : context_(std::move(with)),
      here_(here),
      judge_(&of_peer),
      updates_(key_updates),
      ssl_(SSL_new(context_->ssl())) {
  bio_ptr bytes = bytes_of(*this, *context_->library().bytes());
  if (!ssl_ || !bytes || SSL_set_ex_data(ssl_.get(), 0, this) != 1) {
    ssl_.reset();
    fail(refusal::library, "out of memory");
    return;
  }
  BIO* const both = bytes.release();
  SSL_set_bio(ssl_.get(), both, both);
  if (here == side::listener)
    SSL_set_accept_state(ssl_.get());
  else
    SSL_set_connect_state(ssl_.get());
}

void engine::resume(SSL_SESSION& with) {
  if (ssl_) (void)SSL_set_session(ssl_.get(), &with);  // without it there is a full handshake
}

engine::~engine() {
  // A session of a link that ends without this is forgotten, and could never be resumed.
  if (ssl_ && proved_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

std::size_t engine::give_input(std::span<std::byte> to) {
  if (updates_seen_ > updates_at_once) return 0;
  const std::size_t some = std::min(to.size(), input_.size());
  std::copy_n(input_.data(), some, to.data());
  input_ = input_.subspan(some);
  return some;
}

std::size_t engine::take_output(bytes_view bytes) {
  return output_ == nullptr ? 0 : output_->take(bytes);
}

engine::state engine::fail(refusal why, std::string detail) {
  if (outcome_.why == refusal::none) outcome_ = {why, std::move(detail), outcome_.alert};
  return state::failed;
}

// ---- handshake ---------------------------------------------------------------------------------

engine::state engine::shake(output& to, time_point now) {
  if (outcome_.why != refusal::none) return state::failed;
  output_ = &to;
  state next = proved_ ? state::done : prove();
  if (next == state::done && SSL_version(ssl_.get()) >= TLS1_3_VERSION && !context_->serves_http())
    next = here_ == side::listener ? tell_dialler() : hear_listener(now);
  output_ = nullptr;
  return next;
}

engine::state engine::prove() {
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done != 1) return failed_with(SSL_get_error(ssl_.get(), done));
  proved_ = true;
  if (resumed()) judge_resumed();
  return outcome_.why == refusal::none ? state::done : state::failed;
}

// The certificate was verified when the ticket was made; what may have changed is looked at again.
void engine::judge_resumed() {
  const X509* const leaf = SSL_get0_peer_certificate(ssl_.get());
  if (leaf == nullptr) {
    if (!context_->serves_http()) fail(refusal::no_certificate);
  } else if (end_of(*leaf) <= judge_->now()) {
    fail(refusal::expired);
  } else if (verdict seen = judge_->accept(*leaf); seen.why != refusal::none) {
    outcome_ = std::move(seen);
  }
}

// In TLS 1.3 a dialler is done before the listener has seen its certificate. So the listener says
// that it is content, by changing its keys, which costs 27 bytes; until then nothing is handed
// over.
engine::state engine::tell_dialler() {
  if (std::exchange(told_, true)) return state::done;
  ERR_clear_error();
  if (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
    return fail(refusal::library, openssl_reason("key update"));
  const int done = SSL_do_handshake(ssl_.get());
  return done == 1 ? state::done : failed_with(SSL_get_error(ssl_.get(), done));
}

engine::state engine::hear_listener(time_point now) {
  std::byte first;
  std::size_t size = 0;
  ERR_clear_error();
  const int got = SSL_peek_ex(ssl_.get(), &first, 1, &size);
  const bool heard = got == 1 || updates_seen_ > 0;
  if (got != 1) {
    const int error = SSL_get_error(ssl_.get(), got);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN) return failed_with(error);
    if (error == SSL_ERROR_ZERO_RETURN && !heard) return fail(refusal::cut_off);
  }
  if (!heard) return state::more;
  if (updates_seen_ > 0) --updates_seen_;  // the welcome is free
  return too_many_updates(now) ? state::failed : state::done;
}

std::vector<std::string> engine::release_chain(resting& place) {
  std::vector<std::string> all;
  const auto add = [&all](const X509* one) {
    unsigned char* encoded = nullptr;
    const int size = i2d_X509(one, &encoded);
    if (size <= 0) return;
    all.emplace_back(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
    OPENSSL_free(encoded);
  };
  X509* const leaf = SSL_get0_peer_certificate(ssl_.get());
  if (leaf == nullptr) return all;
  add(leaf);
  // At a dialler the chain begins with the leaf, at a listener behind it.
  const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(ssl_.get());
  for (int i = here_ == side::dialler ? 1 : 0; chain != nullptr && i < sk_X509_num(chain); ++i)
    add(sk_X509_value(chain, i));
  // Tickets that are still to come are made from what is kept.
  const bool needed = here_ == side::dialler && context_->resumes();
  if (!needed) (void)place.lay_down(ssl_.get());
  return all;
}

// ---- data --------------------------------------------------------------------------------------

bool engine::too_many_updates(time_point now) {
  for (; updates_seen_ > 0; --updates_seen_)
    if (!updates_.spend(now)) {
      fail(refusal::key_updates);
      return true;
    }
  return false;
}

engine::transfer engine::read(std::span<std::byte> into, output& to, time_point now) {
  MW_DEBUG_ASSERT(proved_, "reading follows the handshake");
  output_ = &to;
  transfer got{state::more, 0};
  while (true) {
    const bytes_view before = input_;
    forget_old_errors();
    const int done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got.size);
    if (updates_seen_ > 0 && too_many_updates(now)) [[unlikely]]
      got = {state::failed, 0};
    else if (done == 1) [[likely]]
      got.what = state::data;
    else if (const int error = SSL_get_error(ssl_.get(), done); error == SSL_ERROR_ZERO_RETURN)
      got = {state::ended, 0};
    else if (error == SSL_ERROR_WANT_READ && !input_.empty() && input_.size() < before.size())
      continue;  // the input had stopped for the allowance
    else
      got = {failed_with(error), 0};
    break;
  }
  output_ = nullptr;
  return got;
}

engine::transfer engine::write(bytes_view from, output& to) {
  output_ = &to;
  transfer put{state::data, 0};
  forget_old_errors();
  const std::size_t some = std::min(from.size(), record_max);
  const int done = SSL_write_ex(ssl_.get(), from.data(), some, &put.size);
  if (done != 1) [[unlikely]] {
    const int error = SSL_get_error(ssl_.get(), done);
    put = {error == SSL_ERROR_WANT_WRITE ? state::blocked : failed_with(error), 0};
    if (put.what == state::more) put.what = state::blocked;
  }
  output_ = nullptr;
  return put;
}

engine::state engine::close(output& to) {
  output_ = &to;
  ERR_clear_error();
  const int done = SSL_shutdown(ssl_.get());
  state next = state::done;
  if (done < 0) {
    const int error = SSL_get_error(ssl_.get(), done);
    next = error == SSL_ERROR_WANT_WRITE ? state::blocked : failed_with(error);
    // The end is said; what is still to come is read as ever.
    if (next == state::more) next = state::done;
  }
  output_ = nullptr;
  return next;
}

bool engine::holds_input() const {
  return SSL_has_pending(ssl_.get()) == 1;
}

engine::state engine::failed_with(int error) {
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return state::more;
  if (outcome_.why != refusal::none) {
    ERR_clear_error();
    return state::failed;
  }
  const verdict said = verdict_of_openssl(proved_ && here_ == side::listener);
  const int alert = said.alert >= 0 ? said.alert : outcome_.alert;
  outcome_ = {said.why, said.detail, alert};
  return state::failed;
}

// ---- facts -------------------------------------------------------------------------------------

std::string_view engine::version() const {
  return SSL_get_version(ssl_.get());
}
std::string_view engine::cipher_name() const {
  const char* const name = SSL_get_cipher_name(ssl_.get());
  return name == nullptr ? "" : name;
}
bool engine::resumed() const {
  return SSL_session_reused(ssl_.get()) == 1;
}

}  // namespace mw::tls
