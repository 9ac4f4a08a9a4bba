// client_node: a node without services of its own, through which `mw` talks to a cluster.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/plugin_path.h"
#include "interrupt.h"

#include <mw/node.h>
#include <mw/services.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mw::kernel::cli {

// Flags of the verbs that talk to a cluster.
inline constexpr flag connect_flag{
    "--connect", "ADDRESS", "A node to connect to; may be repeated. Default 127.0.0.1:7400.", true};
inline constexpr flag cluster_flag{"--cluster", "NAME",
                                   "The nodes' `node.cluster`. Default: default."};
inline constexpr flag client_file_flag{
    "--node", "FILE",
    "Run this node file as the client instead, with its own transports and credentials."};

inline constexpr flag certs_flag{
    "--certs", "DIR", "Speak mTLS, with ca.pem and a pair that `mw certs make` has put there."};
inline constexpr flag as_flag{"--as", "ID",
                              "With --certs: the pair ID.pem, ID.key. The client's node id is the "
                              "same, so one client at a time has it. Default: client."};

struct client_request {
  std::string file;   // empty: composed from the rest
  std::string certs;  // directory; empty: in the clear
  std::string id;     // of the pair; empty: a fresh node id
  std::vector<endpoint> to;
  std::string cluster;
  std::vector<std::string> sets;
  std::vector<std::string> plugin_path;
};
// From the flags above, --set and --plugin-path. `invalid` with a sentence for the user.
[[nodiscard]] result<client_request> client_request_of(const arguments& given,
                                                       const surroundings& world);

// The YAML of the client that a request without a file asks for.
[[nodiscard]] std::string client_yaml(const client_request& request);

// What a verb may touch inside run_there().
struct client_tools {
  mw::router& router;
  mw::services& services;
};

// Opened by a callback of the node's lane. Shared with it: the callback may come when nobody waits
// any more.
class latch {
 public:
  void open();
  // Waits for `length`; true when it is open.
  [[nodiscard]] bool wait(duration length);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

class client_node {
 public:
  // Starts the node; `invalid` with its diagnostics when it cannot be composed. `stop` must outlive
  // the client; once it is asked, every wait below ends with its failure.
  static result<std::unique_ptr<client_node>> open(const client_request& request,
                                                   const interrupt& stop);
  client_node(const client_node&) = delete;
  client_node& operator=(const client_node&) = delete;
  ~client_node();  // drains; not when `stop` was asked

  // Runs `task` on the node's lane and waits until it has returned. `disconnected` when the node
  // has stopped, with the failure that ended it. Not ended by `stop`: the task borrows our stack.
  status run_there(const std::function<void(const client_tools&)>& task);

  // Whom to wait for before the first message.
  struct offer {
    std::string service;
    std::size_t peers = 1;  // that offer it,
    std::string node;       // among them this one; empty: anybody
  };
  // `not_found` after `patience`, with who is connected and what they offer.
  status wait_for(const offer& wanted, duration patience);

  // Waits until `what` is open; otherwise as check().
  status wait(latch& what);
  // Waits for `length`; a failure as soon as check() has one.
  status pause(duration length);
  // `disconnected` when the node ends by itself, and why; the failure of `stop` when that was
  // asked.
  status check();

  // Runs `task` on the lane, some time, without waiting.
  bool post(function<void()> task) { return node_->post(std::move(task)); }

 private:
  client_node(std::unique_ptr<node> made, const interrupt& stop)
      : stop_(stop), node_(std::move(made)) {}
  [[nodiscard]] failure why_stopped();

  const interrupt& stop_;
  std::atomic<bool> ends_{false};  // set on the node's lane when it begins to drain
  std::unique_ptr<node> node_;     // last: its handlers use the others
};

}  // namespace mw::kernel::cli
