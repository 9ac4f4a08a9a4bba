// engine: one TLS connection over memory: bytes in, bytes out, no clock and no stream of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/context.h"
#include "engine/refusals.h"
#include "engine/resting.h"

#include <mw/types.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mw::tls {

enum class side : std::uint8_t { dialler, listener };  // which end of the connection we are

// Takes what is to be sent; less than offered when it is full.
class output {
 public:
  virtual std::size_t take(bytes_view bytes) = 0;

 protected:
  ~output() = default;
};

// Asked once, inside the handshake, when the chain of the other side has been verified.
class judge {
 public:
  [[nodiscard]] virtual wall_time now() const = 0;
  // `why` of the answer is none when the peer is welcome.
  [[nodiscard]] virtual verdict accept(const X509& leaf) = 0;

 protected:
  ~judge() = default;
};

// How often something may happen: a bucket that holds what a minute brings.
class allowance {
 public:
  explicit allowance(rate limit) : per_second_(limit.per_second), left_(most()) {}
  [[nodiscard]] bool spend(time_point now);

 private:
  [[nodiscard]] double most() const { return per_second_ * 60 < 1 ? 1 : per_second_ * 60; }
  double per_second_;
  double left_;
  time_point counted_{};
};

// Handshake first: feed(), shake(), until it is done or has failed. Then read() and write().
// Everything that is said of a failure is in outcome().
class engine {
 public:
  enum class state : std::uint8_t {
    more,     // wants more input, or room for its output
    done,     // the handshake: both sides have proved who they are
    data,     // read(): bytes
    ended,    // the other side has said that it will send no more
    blocked,  // write(): the output is full
    failed,
  };
  struct transfer {
    state what;
    std::size_t size;
  };

  engine(context_ptr with, side here, judge& of_peer, rate key_updates);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  // Before the first step: tries to go on where an earlier connection of the same epoch was.
  void resume(SSL_SESSION& with);
  // The newest ticket that the listener gave; null when there is none.
  [[nodiscard]] session_ptr take_ticket() { return std::move(ticket_); }

  // The bytes must stay until input_left() is empty or they are kept by the caller.
  void feed(bytes_view input) { input_ = input; }
  [[nodiscard]] bytes_view input_left() const { return input_; }

  [[nodiscard]] state shake(output& to, time_point now);
  // DER of what the other side has shown, the leaf first; empty: nothing. OpenSSL lets go of it
  // where that is possible: ask once, before handshake_over().
  [[nodiscard]] std::vector<std::string> release_chain(resting& place);
  // From then on: no judge any more, it may go.
  void handshake_over() { judge_ = nullptr; }

  [[nodiscard]] transfer read(std::span<std::byte> into, output& to, time_point now);
  [[nodiscard]] transfer write(bytes_view from, output& to);
  // Says that we send no more.
  [[nodiscard]] state close(output& to);
  // Bytes that were taken from the input and not read yet.
  [[nodiscard]] bool holds_input() const;
  // Whether read() could give more at once.
  [[nodiscard]] bool has_more() const { return !input_.empty() || SSL_pending(ssl_.get()) > 0; }
  // Gives the buffers of records back, except what holds a part of one.
  void rest() {
    if (SSL_has_pending(ssl_.get()) == 0) (void)SSL_free_buffers(ssl_.get());
  }

  [[nodiscard]] const verdict& outcome() const { return outcome_; }
  [[nodiscard]] const context_ptr& epoch() const { return context_; }
  [[nodiscard]] side here() const { return here_; }
  [[nodiscard]] std::string_view version() const;
  [[nodiscard]] std::string_view cipher_name() const;
  [[nodiscard]] bool resumed() const;
  [[nodiscard]] SSL* raw() const { return ssl_.get(); }

  // For new contexts: the callbacks that lead here.
  static void install(SSL_CTX* in, client_proof clients);
  // For engine_bytes.
  [[nodiscard]] std::size_t give_input(std::span<std::byte> to);
  [[nodiscard]] std::size_t take_output(bytes_view bytes);

 private:
  friend struct engine_callbacks;
  state prove();
  state tell_dialler();
  state hear_listener(time_point now);
  void judge_resumed();
  state fail(refusal why, std::string detail = {});
  state failed_with(int error);
  [[nodiscard]] bool too_many_updates(time_point now);

  context_ptr context_;
  const side here_;
  judge* judge_;
  bytes_view input_;
  output* output_ = nullptr;  // during a call
  verdict outcome_;
  allowance updates_;
  std::uint32_t updates_seen_ = 0;  // of keys, and tickets; not yet spent
  bool proved_ = false;             // the handshake itself is done
  bool told_ = false;               // the dialler that it is welcome
  session_ptr ticket_;
  ssl_ptr ssl_;
};

}  // namespace mw::tls
