// two_ends: see two_ends.h.
// SPDX-License-Identifier: Apache-2.0
#include "two_ends.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>

namespace mw::bench {
namespace {

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "path: %s\n", why.c_str());
  std::exit(1);
}

// A port that was free a moment ago.
std::uint16_t some_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  if (bind(fd, reinterpret_cast<sockaddr*>(&at), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) != 0)
    give_up("no free port");
  close(fd);
  return ntohs(at.sin_port);
}

std::string yaml_of(const std::string& port, const std::string& directory) {
  const std::string at = "\"127.0.0.1:" + port + '"';
  return "node: { id: path, data_dir: " + directory +
         ", log: { level: warn } }\n"
         "plugins:\n"
         "  codec: { use: transport.msgpack }\n"
         "  balancer: { use: loadbalance.round_robin }\n"
         "  seeds: { use: discovery.static, peers: [" +
         at +
         "] }\n"
         "  tcp0: { use: transport.tcp }\n"
         "  tcp1: { use: transport.tcp, listen: " +
         at +
         " }\n"
         "  pool0: { use: transport.pool, id: from, transport: tcp0 }\n"
         "  pool1: { use: transport.pool, id: to, transport: tcp1 }\n"
         "  routing0: { use: routing, channel: pool0, codec: codec, balancer: balancer }\n"
         "  routing1: { use: routing, channel: pool1, codec: codec, balancer: balancer }\n";
}

}  // namespace

two_ends::two_ends() {
  std::string directory = std::filesystem::temp_directory_path() / "mw_path_XXXXXX";
  if (mkdtemp(directory.data()) == nullptr) give_up("no directory for the node");
  node_setup setup;
  setup.plugin_path.push_back(MW_BENCH_PLUGINS);
  auto made = node::from_text(yaml_of(std::to_string(some_port()), directory), std::move(setup));
  if (!made) give_up(made.error().text());
  node_ = std::move(*made);
  if (const status up = node_->start(); !up) give_up(up.error().text());
  std::filesystem::remove_all(directory);
  on_lane([this] { serve(); });
  await_services();
}

two_ends::~two_ends() {
  on_lane([this] { offers_.clear(); });
}

void two_ends::on_lane(std::function<void()> task) {
  std::atomic<bool> ran = false;
  const auto run = [&] {
    task();
    ran = true;
    ran.notify_one();
  };
  if (!node_->post(run)) give_up("the node has stopped");
  ran.wait(false);
}

void two_ends::serve() {
  auto* const at = node_->contract<router>("routing1");
  auto* const home = node_->contract<services>("routing1");
  auto sink = mw::serve<path_blob, path_blob>(
      *at, *home, "path.sink", [this](const path_blob&, const incoming&, responder<path_blob>) {
        if (--unseen_ == 0) over();
      });
  auto echo = mw::serve<path_blob, path_blob>(
      *at, *home, "path.echo",
      [](const path_blob& in, const incoming&, responder<path_blob> to) { to.reply(in); });
  if (!sink || !echo) give_up("a service cannot be offered");
  offers_.push_back(std::move(*sink));
  offers_.push_back(std::move(*echo));
  from_ = node_->contract<router>("routing0");
  sink_ = from_->open("path.sink").value();
  echo_ = from_->open("path.echo").value();
}

void two_ends::await_services() {
  const timespec moment{0, 1'000'000};
  for (int tries = 0; tries < 10'000; ++tries) {
    bool found = false;
    on_lane([&] {
      for (const member& one : node_->contract<services>("routing0")->members())
        found = found || (one.id == "to" && one.services.size() == 2);
    });
    if (found) return;
    ppoll(nullptr, 0, &moment, nullptr);
  }
  give_up("the two ends did not meet in 10 s");
}

void two_ends::oneway(std::uint64_t count, std::size_t size, std::uint64_t per_turn) {
  body_.assign(size, 'b');
  shared_ = slice::copy_of(body_);
  left_ = unseen_ = count;
  per_turn_ = per_turn;
  done_ = false;
  on_lane([this] { send_some(); });
  done_.wait(false);
}

// What finds no room is tried again in the next turn.
void two_ends::send_some() {
  const bool share = shared_.size() >= message_out::share_from;
  const route where{.service = sink_};
  for (std::uint64_t sent = 0; left_ > 0 && sent < per_turn_; ++sent, --left_) {
    const auto taken = share ? mw::send(*from_, where, path_slice{shared_})
                             : mw::send(*from_, where, path_blob{shared_.view()});
    if (taken) continue;
    if (taken.error().kind() != errc::overloaded) give_up(taken.error().text());
    break;
  }
  if (left_ > 0) (void)node_->post([this] { send_some(); });
}

void two_ends::calls(std::uint64_t count, std::size_t size, std::uint64_t in_flight) {
  body_.assign(size, 'b');
  left_ = unseen_ = count;
  per_turn_ = in_flight;
  in_flight_ = 0;
  done_ = false;
  on_lane([this] { call_some(); });
  done_.wait(false);
}

void two_ends::call_some() {
  const route where{.service = echo_};
  for (; left_ > 0 && in_flight_ < per_turn_; --left_, ++in_flight_) {
    const auto asked = mw::call<path_blob>(*from_, where, path_blob{as_bytes(body_)},
                                           [this](const result<path_blob>& reply) {
                                             if (!reply) give_up(reply.error().text());
                                             --in_flight_;
                                             if (--unseen_ == 0) return over();
                                             call_some();
                                           });
    if (!asked) give_up(asked.error().text());
  }
}

}  // namespace mw::bench
