// two_ends: a sender and a receiver with all layers between them, both on the lane of one node.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/node.h>
#include <mw/reflect.h>
#include <mw/rpc.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mw::bench {

struct path_blob {
  bytes_view body;
  static constexpr auto fields() {
    return field_list(field<&path_blob::body>("body", "What is carried."));
  }
};
struct path_slice {
  slice body;
  static constexpr auto fields() {
    return field_list(field<&path_slice::body>("body", "What is carried."));
  }
};

// Two stacks of transport.tcp, transport.pool and routing over loopback addresses, which meet in
// the kernel of the operating system only. Typed calls, codec, checksums and metrics are on.
class two_ends {
 public:
  two_ends();
  ~two_ends();
  two_ends(const two_ends&) = delete;
  two_ends& operator=(const two_ends&) = delete;

  // `count` messages of `size` bytes, so many handed over in each turn; returns when the handler
  // has seen all. From `share_from` of message_out on the sender's slice is shared.
  void oneway(std::uint64_t count, std::size_t size, std::uint64_t per_turn = 512);
  // `count` calls, so many in flight, each answered with what it said.
  void calls(std::uint64_t count, std::size_t size, std::uint64_t in_flight);

  // Work that somebody else wants to do on the lane.
  void on_lane(std::function<void()> task);

 private:
  void await_services();
  void serve();
  void send_some();
  void call_some();
  void over() { done_ = true, done_.notify_one(); }

  std::unique_ptr<node> node_;
  router* from_ = nullptr;
  std::vector<registration_ptr> offers_;
  service_ref sink_, echo_;
  // Of the flow under way.
  std::string body_;
  slice shared_;
  std::uint64_t left_ = 0;
  std::uint64_t per_turn_ = 0;
  std::uint64_t unseen_ = 0;
  std::uint64_t in_flight_ = 0;
  std::atomic<bool> done_ = false;
};

}  // namespace mw::bench
