// handshake: a connection until both sides have proved who they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/secure_stream.h"
#include "links/works.h"

#include <mw/transport.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace mw::tls {

class handshake;

// Hears the end of a handshake, once, in a turn of its own; may destroy it.
class handshake_owner {
 public:
  virtual void on_linked(handshake& from, link made) = 0;
  virtual void on_refused(handshake& from, const verdict& why) = 0;

 protected:
  ~handshake_owner() = default;
};

// Lets the steps of handshakes run, a few a turn, in the order in which their input came.
class step_queue {
 public:
  step_queue(const host& h, std::uint32_t steps);
  // True: take the step at once. False: it will be called for.
  [[nodiscard]] bool may_step(handshake& one);
  void forget(const handshake& gone);
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  void spend();
  void next_turn();

  const host& host_;
  const std::uint32_t steps_;
  std::uint32_t taken_ = 0;  // in this turn
  std::deque<handshake*> waiting_;
  timer turn_;  // last: it dies first
};

class handshake final : private stream_events, private output, private judge {
 public:
  struct task {
    link carrier;
    side here;
    std::string wanted;   // whom the dialler means; empty: anybody
    std::string address;  // what was dialled
    duration deadline;
  };
  handshake(works& shared, step_queue& steps, handshake_owner& owner, task what);
  ~handshake();

  // May call the owner in later turns only.
  void start();
  // Gives up; the other side hears nothing. The owner does.
  void give_up(const verdict& why);
  // For step_queue.
  void step();
  [[nodiscard]] time_point began() const { return began_; }
  [[nodiscard]] const endpoint& remote() const { return remote_; }

 private:
  void on_data(bytes_view bytes) override;
  void on_writable() override {}
  void on_end() override;
  void on_closed(const failure& why) override;
  std::size_t take(bytes_view bytes) override { return carrier_->write(bytes); }
  [[nodiscard]] wall_time now() const override { return shared_.node.wall_now(); }
  [[nodiscard]] verdict accept(const X509& leaf) override;

  void try_step();
  void linked();
  void refused(verdict why);
  [[nodiscard]] wall_time chain_end() const;

  works& shared_;
  step_queue& steps_;
  handshake_owner& owner_;
  const side here_;
  const std::string wanted_;
  const std::string address_;
  const time_point began_;
  endpoint remote_;
  std::unique_ptr<admission_scope> scope_;
  stream_ptr carrier_;
  peer_identity peer_;
  std::vector<std::byte> input_;
  bool over_ = false;
  std::unique_ptr<engine> engine_;
  timer deadline_;  // last: it dies first
};

}  // namespace mw::tls
