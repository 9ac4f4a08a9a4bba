// meshwright_node: our node as the benchmarks compose it: all layers, as many peers as asked for.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver.h"
#include "tls/certs.h"

#include <mw/node.h>
#include <mw/reflect.h>
#include <mw/rpc.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mw::bench {

// The one message there is. Small bodies are read and written where they lie; large ones are
// shared.
struct small_blob {
  bytes_view body;
  static constexpr auto fields() {
    return field_list(field<&small_blob::body>("body", "What is carried."));
  }
};
struct large_blob {
  slice body;
  static constexpr auto fields() {
    return field_list(field<&large_blob::body>("body", "What is carried."));
  }
};

inline bytes_view view_of(const small_blob& blob) {
  return blob.body;
}
inline bytes_view view_of(const large_blob& blob) {
  return blob.body.view();
}

inline slice blob_of(const std::vector<char>& body) {
  return slice::copy_of(std::as_bytes(std::span(body)));
}

inline void must(const status& done) {
  if (!done) give_up(done.error().text());
}

// A stanza for each of `count` peers that this process plays, all on one lane: each has its own
// transport, pool and router and a name of its own towards the others.
struct cast {
  std::string role;  // names of nodes begin with it
  std::size_t count = 1;
  std::size_t connections = 1;
  std::vector<std::uint16_t> listen;  // for each, or empty
  std::vector<std::uint16_t> dial;
  bool spin = false;
  bool secure = false;
};

inline std::string yaml_of(const cast& of, const std::string& directory) {
  std::string text =
      "node:\n  id: " + of.role + "\n  data_dir: " + directory + "\n  log: { level: warn }\n";
  if (of.spin) text += "  busy_poll: 50us\n";
  text +=
      "plugins:\n  codec: { use: transport.msgpack }\n  balancer: { use: loadbalance.round_robin "
      "}\n";
  if (!of.dial.empty()) {
    text += "  seeds:\n    use: discovery.static\n    peers: [";
    for (const std::uint16_t port : of.dial)
      text += (text.back() == '[' ? "" : ", ") + ("\"127.0.0.1:" + std::to_string(port) + '"');
    text += "]\n";
  }
  if (of.secure) {
    const cert_files files = find_certs();
    text += "  certs: { use: security.credentials, cert: \"" + files.certificate + "\", key: \"" +
            files.key + "\", ca: \"" + files.ca + "\" }\n";
  }
  const std::string carrier = of.secure ? "tls" : "tcp";
  const std::string kept = std::to_string(of.connections);
  for (std::size_t i = 0; i < of.count; ++i) {
    const std::string n = std::to_string(i);
    text += "  tcp" + n + ": { use: transport.tcp";
    if (!of.listen.empty()) text += ", listen: \"127.0.0.1:" + std::to_string(of.listen[i]) + '"';
    text += " }\n";
    if (of.secure) text += "  tls" + n + ": { use: transport.tls, over: tcp" + n + " }\n";
    text += "  pool" + n + ": { use: transport.pool, id: " + of.role + n +
            ", transport: " + carrier + n + ", connections: " + kept + ".." + kept +
            ", streams: 100000, message_max: 16MiB }\n";
    text += "  routing" + n + ": { use: routing, channel: pool" + n +
            ", codec: codec, balancer: balancer, broadcasts_per_peer: 1000000000/s }\n";
  }
  return text;
}

// A running node. Its directory goes as soon as it runs: nothing here keeps anything, and servers
// are ended without a word.
class running_node {
 public:
  explicit running_node(const cast& of) {
    std::string pattern = std::filesystem::temp_directory_path() / "mw_bench_XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) give_up("no directory for the node");
    node_setup setup;
    const auto self = std::filesystem::read_symlink("/proc/self/exe");
    setup.plugin_path.push_back(self.parent_path().parent_path() / "plugins");
    auto made = node::from_text(yaml_of(of, pattern), std::move(setup));
    if (!made) give_up(made.error().text());
    node_ = std::move(*made);
    must(node_->start());
    std::error_code ignored;
    std::filesystem::remove_all(pattern, ignored);
  }

  // Runs `task` on the node's lane and waits for it.
  template <class Task>
  void run(Task task) {
    // Shared: the waiter may be gone before the lane has told all it wanted.
    const auto done = std::make_shared<std::atomic<bool>>(false);
    post([&task, done] {
      task();
      *done = true;
      done->notify_one();
    });
    done->wait(false);
  }
  template <class Task>
  void post(Task task) {
    if (!node_->post(std::move(task))) give_up("the node has stopped");
  }

  // Only on the lane.
  mw::router& router(std::size_t of = 0) { return contract<mw::router>("routing", of); }
  mw::services& services(std::size_t of = 0) { return contract<mw::services>("routing", of); }
  mw::channel& channel(std::size_t of) { return contract<mw::channel>("pool", of); }

 private:
  template <class Contract>
  Contract& contract(const std::string& stanza, std::size_t of) {
    auto* const found = node_->contract<Contract>(stanza + std::to_string(of));
    if (found == nullptr) give_up("no stanza " + stanza + " in this node");
    return *found;
  }

  std::unique_ptr<node> node_;
};

}  // namespace mw::bench
