// peer_meshwright: two nodes in full dress: transport, codec, pool, routing and typed handlers.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "sockets.h"
#include "tls/certs.h"
#include "tls/handshakes.h"

#include <mw/node.h>
#include <mw/reflect.h>
#include <mw/rpc.h>

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>

namespace {

namespace bench = mw::bench;
using mw::bytes_view;

// The one message there is. Small bodies are read and written where they lie; large ones are
// shared.
struct small_blob {
  bytes_view body;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&small_blob::body>("body", "What is carried."));
  }
};
struct large_blob {
  mw::slice body;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&large_blob::body>("body", "What is carried."));
  }
};

bytes_view view_of(const small_blob& blob) {
  return blob.body;
}
bytes_view view_of(const large_blob& blob) {
  return blob.body.view();
}

mw::slice blob_of(const std::vector<char>& body) {
  return mw::slice::copy_of(std::as_bytes(std::span(body)));
}

constexpr std::size_t connections_of_peer = 64;  // the most that a pool keeps to one peer
constexpr std::size_t bulk_ahead = 4;
constexpr std::size_t bulk_size = 1024 * 1024;
// Messages handed to the lane at once, and under way to each receiver, in bytes.
constexpr std::size_t bytes_posted = 1024 * 1024;
constexpr std::size_t bytes_under_way = 8 * 1024 * 1024;

void must(const mw::status& done) {
  if (!done) bench::give_up(done.error().text());
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

std::string yaml_of(const cast& of, const std::string& directory) {
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
    const bench::cert_files files = bench::find_certs();
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
    if (mkdtemp(pattern.data()) == nullptr) bench::give_up("no directory for the node");
    mw::node_setup setup;
    const auto self = std::filesystem::read_symlink("/proc/self/exe");
    setup.plugin_path.push_back(self.parent_path().parent_path() / "plugins");
    auto made = mw::node::from_text(yaml_of(of, pattern), std::move(setup));
    if (!made) bench::give_up(made.error().text());
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
    if (!node_->post(std::move(task))) bench::give_up("the node has stopped");
  }

  // Only on the lane.
  mw::router& router(std::size_t of = 0) { return contract<mw::router>("routing", of); }
  mw::services& services(std::size_t of = 0) { return contract<mw::services>("routing", of); }
  mw::channel& channel(std::size_t of) { return contract<mw::channel>("pool", of); }

 private:
  template <class Contract>
  Contract& contract(const std::string& stanza, std::size_t of) {
    auto* const found = node_->contract<Contract>(stanza + std::to_string(of));
    if (found == nullptr) bench::give_up("no stanza " + stanza + " in this node");
    return *found;
  }

  std::unique_ptr<mw::node> node_;
};

template <class Blob>
mw::registration_ptr serve_echo(running_node& node, bench::counts_page& counts) {
  auto offered = mw::serve<Blob, Blob>(
      node.router(), node.services(), "bench.echo",
      [&counts](const Blob& request, const mw::incoming&, mw::responder<Blob> to) {
        counts.add(1, view_of(request).size());
        to.reply(request);
      });
  if (!offered) bench::give_up(offered.error().text());
  return std::move(*offered);
}

mw::registration_ptr serve_sink(running_node& node, std::size_t of, bench::counts_page& counts) {
  auto offered = mw::serve<small_blob, small_blob>(
      node.router(of), node.services(of), "bench.sink",
      [&counts, of](const small_blob& message, const mw::incoming&, mw::responder<small_blob>) {
        counts.add(1, message.body.size(), of);
      });
  if (!offered) bench::give_up(offered.error().text());
  return std::move(*offered);
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  cast of{.role = "server", .spin = with.spin, .secure = with.variant == "tls"};
  if (with.what == bench::work::fanout) of.count = with.receivers;
  for (std::size_t i = 0; i < of.count; ++i) {
    std::uint16_t port = 0;
    close(bench::listen_on(port));  // free a moment ago, in a network of our own
    of.listen.push_back(port);
  }
  running_node node(of);
  std::vector<mw::registration_ptr> offers;
  bench::counts_page unseen("");  // of bulk beside critical calls: those alone are compared
  node.run([&] {
    const bool large = with.size >= mw::message_out::share_from;
    offers.push_back(large ? serve_echo<large_blob>(node, counts)
                           : serve_echo<small_blob>(node, counts));
    const bool beside = with.what == bench::work::critical;
    for (std::size_t i = 0; i < of.count; ++i)
      offers.push_back(serve_sink(node, i, beside ? unseen : counts));
  });
  bench::announce(of.listen);
  for (;;) pause();
}

void rest() {
  const timespec moment{0, 100'000};
  ppoll(nullptr, 0, &moment, nullptr);
}

// Waits until so many peers offer the service.
void await(running_node& node, std::string_view service, std::size_t count) {
  const std::int64_t deadline = bench::now_ns() + 10'000'000'000;
  for (std::size_t found = 0; found < count; rest()) {
    if (bench::now_ns() > deadline) bench::give_up("the servers did not appear in time");
    node.run([&] {
      const auto members = node.services().members();
      found = static_cast<std::size_t>(
          std::count_if(members.begin(), members.end(), [&](const mw::member& one) {
            return !one.self && one.state == mw::peer_state::up &&
                   std::count(one.services.begin(), one.services.end(), service) != 0;
          }));
    });
  }
}

mw::service_ref opened(running_node& node, std::string_view service) {
  const auto found = node.router().open(service);
  if (!found) bench::give_up(found.error().text());
  return *found;
}

// Keeps requests in flight; lives on the lane.
template <class Blob>
class echo_client {
 public:
  echo_client(running_node& node, const bench::settings& with, const bench::counts_page& counts,
              mw::priority priority)
      : node_(node), with_(with), meter_(with, counts), body_(bench::make_body(with.size)) {
    to_.priority = priority;
  }

  void start() {
    to_.service = opened(node_, "bench.echo");
    router_ = &node_.router();
    fill();
  }
  bench::outcome result() {
    over_.wait(false);
    return meter_.finish();
  }
  [[nodiscard]] bool over() const { return over_; }

 private:
  Blob request() {
    if constexpr (std::is_same_v<Blob, small_blob>)
      return {std::as_bytes(std::span(body_))};
    else
      return {blob_of(body_)};
  }

  void fill() {
    while (meter_.open() && meter_.in_flight() < with_.in_flight) {
      bench::put_stamp(body_.data(), meter_.next_stamp());
      const auto made = mw::call<Blob>(*router_, to_, request(),
                                       [this](const mw::result<Blob>& reply) { answered(reply); });
      if (!made) bench::give_up(made.error().text());
    }
  }

  void answered(const mw::result<Blob>& reply) {
    if (!reply) bench::give_up(reply.error().text());
    meter_.answered(bench::stamp_of(view_of(*reply).data()));
    fill();
    if (meter_.open() || !meter_.settled()) return;
    over_ = true;
    over_.notify_one();
  }

  running_node& node_;
  const bench::settings& with_;
  bench::echo_meter meter_;
  std::vector<char> body_;
  mw::route to_;
  mw::router* router_ = nullptr;
  std::atomic<bool> over_ = false;
};

// Sends without answers. A batch is handed to the lane with one wake; what the channel has no room
// for is tried again in the next turn.
class bulk_client {
 public:
  bulk_client(running_node& node, std::size_t size, bool to_all)
      : node_(node),
        body_(blob_of(bench::make_body(size))),
        batch_(std::max<std::size_t>(1, bytes_posted / size)) {
    to_.to = to_all ? mw::send_to::all : mw::send_to::one;
    to_.priority = mw::priority::low;
    node_.run([&] {
      to_.service = opened(node_, "bench.sink");
      router_ = &node_.router();
    });
  }

  [[nodiscard]] std::uint64_t lead() const {
    return std::max<std::size_t>(4, bytes_under_way / body_.size());
  }
  std::uint64_t send_some() {
    ++waiting_;
    node_.post([this] { send_batch(batch_); });
    return batch_;
  }
  // Batches that the channel has not taken yet.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  // What has not been sent will not be: nothing on the lane knows of this object afterwards.
  void stop() {
    node_.run([this] { stopped_ = true; });
    while (waiting_ != 0) node_.run([] {});
  }

 private:
  void send_batch(std::size_t count) {
    const bool large = body_.size() >= mw::message_out::share_from;
    for (; count > 0 && !stopped_; --count) {
      const mw::status sent = large ? mw::send(*router_, to_, large_blob{body_})
                                    : mw::send(*router_, to_, small_blob{body_.view()});
      if (sent) continue;
      if (sent.error().kind() != mw::errc::overloaded) bench::give_up(sent.error().text());
      node_.post([this, count] { send_batch(count); });
      return;
    }
    --waiting_;
  }

  running_node& node_;
  mw::slice body_;
  std::size_t batch_;
  mw::route to_;
  mw::router* router_ = nullptr;
  bool stopped_ = false;  // on the lane
  std::atomic<std::size_t> waiting_ = 0;
};

template <class Blob>
bench::outcome measure_echo(const bench::settings& with, const bench::counts_page& counts) {
  running_node node(
      {.role = "client", .dial = with.ports, .spin = with.spin, .secure = with.variant == "tls"});
  await(node, "bench.echo", 1);
  echo_client<Blob> client(node, with, counts, mw::priority::normal);
  node.run([&] { client.start(); });
  return client.result();
}

bench::outcome measure_sending(const bench::settings& with, const bench::counts_page& counts) {
  running_node node(
      {.role = "client", .dial = with.ports, .spin = with.spin, .secure = with.variant == "tls"});
  await(node, "bench.sink", with.ports.size());
  bulk_client client(node, with.size, with.what == bench::work::fanout);
  bench::oneway_sender sender;
  sender.send_some = [&] { return client.send_some(); };
  sender.pump = rest;
  sender.lead = client.lead();
  bench::outcome found = bench::run_oneway(with, counts, with.ports.size(), sender);
  client.stop();
  return found;
}

// Some bulk always waits for room, so that the connection is never without it.
bench::outcome measure_critical(const bench::settings& with, const bench::counts_page& counts) {
  running_node node({.role = "client", .dial = with.ports});
  await(node, "bench.sink", 1);
  bulk_client bulk(node, bulk_size, false);
  echo_client<small_blob> client(node, with, counts, mw::priority::critical);
  node.run([&] { client.start(); });
  while (!client.over()) {
    if (bulk.waiting() < bulk_ahead) bulk.send_some();
    rest();
  }
  bulk.stop();
  return client.result();
}

// Kilobytes of a process that are its own, shared pages by their share.
double memory_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("Pss:")) return std::stod(line.substr(4));
  bench::give_up("cannot read the memory of the server");
}

// Waits until all pools of a cast keep all their connections.
void await_links(running_node& node, std::size_t pools) {
  const std::int64_t deadline = bench::now_ns() + 60'000'000'000;
  for (std::size_t links = 0; links < pools * connections_of_peer; rest()) {
    if (bench::now_ns() > deadline)
      bench::give_up("only " + std::to_string(links) + " connections in 60 s");
    node.run([&] {
      links = 0;
      for (std::size_t i = 0; i < pools; ++i)
        for (const mw::peer_view& peer : node.channel(i).peers()) links += peer.links;
    });
  }
}

// One node plays as many as are needed, because a pool keeps only so many connections to a peer.
bench::outcome measure_idle(const bench::settings& with) {
  if (with.server_pids.empty()) bench::give_up("this work needs --server-pid");
  const auto connected = [&](std::size_t nodes, std::string role) {
    auto made = std::make_unique<running_node>(cast{.role = std::move(role),
                                                    .count = nodes,
                                                    .connections = connections_of_peer,
                                                    .dial = with.ports,
                                                    .secure = with.variant == "tls"});
    await_links(*made, nodes);
    return made;
  };
  const std::size_t nodes = (with.connections + connections_of_peer - 1) / connections_of_peer;
  const auto first = connected(1, "first");
  const double before = memory_of(with.server_pids.front());
  const auto others = connected(nodes, "others");
  bench::outcome found;
  found.messages = found.sent = nodes * connections_of_peer;
  found.seconds = 1;
  found.extra =
      (memory_of(with.server_pids.front()) - before) * 1024 / static_cast<double>(found.messages);
  return found;
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  const bool large = with.size >= mw::message_out::share_from;
  switch (with.what) {
    case bench::work::echo:
      return large ? measure_echo<large_blob>(with, counts)
                   : measure_echo<small_blob>(with, counts);
    case bench::work::oneway:
    case bench::work::fanout:
      return measure_sending(with, counts);
    case bench::work::idle:
      return measure_idle(with);
    case bench::work::critical:
      return measure_critical(with, counts);
    case bench::work::handshake:
      return bench::measure_handshakes(with);
  }
  throw bench::not_offered{};
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
