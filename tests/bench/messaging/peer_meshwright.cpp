// peer_meshwright: two nodes in full dress: transport, codec, pool, routing and typed handlers.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "meshwright_node.h"
#include "sockets.h"
#include "tls/handshakes.h"

#include <mw/node.h>
#include <mw/reflect.h>
#include <mw/rpc.h>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
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

using bench::blob_of;
using bench::cast;
using bench::large_blob;
using bench::running_node;
using bench::small_blob;
using bench::view_of;

constexpr std::size_t connections_of_peer = 64;  // the most that a pool keeps to one peer
constexpr std::size_t bulk_ahead = 4;
constexpr std::size_t bulk_size = 1024 * 1024;
// Messages handed to the lane at once, and under way to each receiver, in bytes.
constexpr std::size_t bytes_posted = 1024 * 1024;
constexpr std::size_t bytes_under_way = 8 * 1024 * 1024;

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
  const bool stalled = with.what == bench::work::stalled;
  if (with.what == bench::work::fanout || stalled) of.count = with.receivers;
  for (std::size_t i = 0; i < of.count; ++i) {
    std::uint16_t port = 0;
    close(bench::listen_on(port));  // free a moment ago, in a network of our own
    of.listen.push_back(port);
  }
  // The last of these receivers lives in a process of its own, which the client stops.
  const std::vector<std::uint16_t> ports = of.listen;
  std::vector<pid_t> helpers;
  if (stalled) {
    const pid_t helper = fork();  // before there are threads
    if (helper < 0) bench::give_up("no process for the receiver that is stopped");
    const bool alone = helper == 0;
    if (alone) prctl(PR_SET_PDEATHSIG, SIGKILL);
    of.listen = alone ? std::vector{ports.back()} : std::vector(ports.begin(), ports.end() - 1);
    of.count = of.listen.size();
    of.role = alone ? "stopped" : "server";
    if (!alone) helpers.push_back(helper);
  }
  const bool is_stopped = stalled && helpers.empty();
  running_node node(of);
  std::vector<mw::registration_ptr> offers;
  bench::counts_page unseen("");  // of bulk beside critical calls: those alone are compared
  node.run([&] {
    const bool large = with.size >= mw::message_out::share_from;
    offers.push_back(large ? serve_echo<large_blob>(node, counts)
                           : serve_echo<small_blob>(node, counts));
    const bool beside = with.what == bench::work::critical || is_stopped;
    for (std::size_t i = 0; i < of.count; ++i)
      offers.push_back(serve_sink(node, i, beside ? unseen : counts));
  });
  if (!is_stopped) bench::announce(ports, helpers);
  for (;;) pause();
}

// On the core of the lane: often would cost it what is measured.
void rest() {
  const timespec moment{0, 500'000};
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
  bulk_client(running_node& node, std::size_t size, std::size_t receivers)
      : node_(node),
        body_(blob_of(bench::make_body(size))),
        batch_(std::max<std::size_t>(1, bytes_posted / size)),
        receivers_(receivers) {
    to_.to = receivers > 1 ? mw::send_to::all : mw::send_to::one;
    to_.priority = mw::priority::low;
    node_.run([&] {
      to_.service = opened(node_, "bench.sink");
      router_ = &node_.router();
    });
  }

  [[nodiscard]] std::uint64_t lead() const {
    // On average over the receivers: even if all of it waits for the slowest one, its outbox, which
    // refuses what is too much, takes it.
    return std::max<std::size_t>(4, bytes_under_way / body_.size() / receivers_);
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
      const auto sent = large ? mw::send(*router_, to_, large_blob{body_})
                              : mw::send(*router_, to_, small_blob{body_.view()});
      if (sent && !sent->whole())
        bench::give_up(std::to_string(sent->refused) + " of " +
                       std::to_string(sent->taken + sent->refused) + " receivers had no room");
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
  std::size_t receivers_;
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
  bulk_client client(node, with.size, with.ports.size());
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
  bulk_client bulk(node, bulk_size, 1);
  echo_client<small_blob> client(node, with, counts, mw::priority::critical);
  node.run([&] { client.start(); });
  while (!client.over()) {
    if (bulk.waiting() < bulk_ahead) bulk.send_some();
    rest();
  }
  bulk.stop();
  return client.result();
}

// To each of several receivers by name, as fast as each takes them, in small turns. Lives on the
// lane from start() to stop().
class several_client {
 public:
  several_client(running_node& node, std::size_t size)
      : node_(node), body_(blob_of(bench::make_body(size))) {}

  void start(std::vector<std::string> names) {
    names_ = std::move(names);
    stopped_ = over_ = false;
    node_.run([this] {
      service_ = opened(node_, "bench.sink");
      router_ = &node_.router();
      send_some();
    });
  }
  void stop() {
    node_.run([this] { stopped_ = true; });
    while (!over_) node_.run([] {});
  }

 private:
  static constexpr int per_turn = 64;

  void send_some() {
    for (const std::string& name : names_) {
      const mw::route to{.service = service_, .to = mw::send_to::node, .name = name};
      for (int i = 0; i < per_turn; ++i) {
        const auto sent = mw::send(*router_, to, small_blob{body_.view()});
        if (sent) continue;
        if (sent.error().kind() != mw::errc::overloaded) bench::give_up(sent.error().text());
        break;  // full: again in the next turn, while the others get theirs
      }
    }
    if (stopped_)
      over_ = true;
    else
      node_.post([this] { send_some(); });
  }

  running_node& node_;
  mw::slice body_;
  std::vector<std::string> names_;
  mw::service_ref service_;
  mw::router* router_ = nullptr;
  bool stopped_ = false;  // on the lane
  std::atomic<bool> over_ = false;
};

// What receivers that live get for `seconds`, per second.
double rate_to(several_client& client, std::vector<std::string> names, double seconds,
               const bench::counts_page& counts, bench::outcome& found) {
  client.start(std::move(names));
  const auto wait = [](double s) {
    const std::int64_t end = bench::now_ns() + static_cast<std::int64_t>(s * 1e9);
    while (bench::now_ns() < end) rest();
  };
  wait(seconds / 4);  // until queues are as full as they get
  const std::uint64_t before = counts.messages();
  const std::int64_t began = bench::now_ns();
  wait(seconds);
  const std::uint64_t seen = counts.messages() - before;
  const double took = static_cast<double>(bench::now_ns() - began) / 1e9;
  client.stop();
  found.messages += seen;
  found.seconds += took;
  return static_cast<double>(seen) / took;
}

// The same senders and receivers twice: without the one that is stopped, and with it.
bench::outcome measure_stalled(const bench::settings& with, const bench::counts_page& counts) {
  if (with.server_pids.size() < 2) bench::give_up("this work needs two pids in --server-pid");
  running_node node({.role = "client", .dial = with.ports});
  await(node, "bench.sink", with.ports.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i + 1 < with.ports.size(); ++i)
    names.push_back("server" + std::to_string(i));
  several_client client(node, with.size);
  bench::outcome found;
  const double without = rate_to(client, names, with.seconds, counts, found);
  kill(with.server_pids.back(), SIGSTOP);
  names.insert(names.begin(), "stopped0");
  const double beside = rate_to(client, names, with.seconds, counts, found);
  kill(with.server_pids.back(), SIGCONT);
  found.sent = found.messages;
  found.bytes = found.messages * with.size;
  found.extra = beside / without;
  return found;
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
    case bench::work::stalled:
      return measure_stalled(with, counts);
  }
  throw bench::not_offered{};
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
