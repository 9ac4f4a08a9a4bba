// port: one bound socket with the links that use it, apart by the address of their peers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"

#include <mw/toolkit/hash.h>
#include <mw/transport.h>

#include <memory>
#include <unordered_map>

namespace mw::udp {

class packet_link;

// Lives as long as its listener or one of its links does.
class port final : public std::enable_shared_from_this<port> {
 public:
  // What a new peer becomes. Null: strangers are not let in.
  using stranger_function = std::shared_ptr<function<void(link)>>;

  [[nodiscard]] static result<std::shared_ptr<port>> open(context& shared, const endpoint& at);
  explicit port(context& shared) : shared_(shared) {}

  void let_in(stranger_function accepted) { accepted_ = std::move(accepted); }
  void set_paused(bool paused) { paused_ = paused; }
  [[nodiscard]] const endpoint& local() const { return socket_->local(); }
  status send(const endpoint& to, bytes_view packet) { return socket_->send(to, packet); }

  void add(const endpoint& remote, packet_link& one) { links_.emplace(remote, &one); }
  void remove(const endpoint& remote) { links_.erase(remote); }

 private:
  struct hash_endpoint {
    std::uint64_t seed;
    std::size_t operator()(const endpoint& at) const {
      return hash_mix(seed ^ at.port, hash_text(at.host));
    }
  };
  void received(const datagram& packet);
  void meet(const datagram& packet);

  context& shared_;
  stranger_function accepted_;
  bool paused_ = false;
  // Only looked up, never walked. The seed keeps others from choosing addresses that collide.
  std::unordered_map<endpoint, packet_link*, hash_endpoint> links_{
      16, hash_endpoint{shared_.host.random("addresses").next()}};
  datagram_ptr socket_;  // last: it dies first
};

// Lets strangers in as long as it lives; the port goes on for the links that are open.
class packet_listener final : public listener {
 public:
  packet_listener(std::shared_ptr<port> on, function<void(link)> accepted);
  ~packet_listener() override;
  [[nodiscard]] const endpoint& local() const override { return port_->local(); }
  void pause() override { port_->set_paused(true); }
  void resume() override { port_->set_paused(false); }

 private:
  std::shared_ptr<port> port_;
};

}  // namespace mw::udp
