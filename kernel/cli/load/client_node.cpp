// client_node: composing, starting and asking the node behind `mw call`, `mw send` and `mw bench`.
// SPDX-License-Identifier: Apache-2.0
#include "client_node.h"

#include <mw/events_node.h>
#include <mw/toolkit/hash.h>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

namespace mw::kernel::cli {
namespace {

constexpr duration look_every = 100ms;  // whether the node still runs
constexpr std::string_view default_peer = "127.0.0.1:7400";

// Node ids are unique in a cluster, and people on several machines may run several tools at once.
std::string fresh_id() {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const auto mixed = static_cast<std::uint64_t>(
      hash_mix(static_cast<std::uint64_t>(now), static_cast<std::uint64_t>(getpid())));
  char text[24];
  (void)std::snprintf(text, sizeof text, "mw-%08x", static_cast<unsigned>(mixed >> 32));
  return text;
}

// A value as YAML takes it, whatever is in it.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

bool offers(const member& one, const std::string& service) {
  return std::find(one.services.begin(), one.services.end(), service) != one.services.end();
}

std::string who_offers(const std::vector<member>& members) {
  std::string text;
  for (const member& one : members) {
    if (one.self) continue;
    text += (text.empty() ? "" : "; ") + (one.id.empty() ? one.address : one.id) + " (" +
            std::string(mw::to_string(one.state)) + ")";
    if (one.state != peer_state::up) continue;
    text += one.services.empty() ? " offers nothing" : " offers";
    for (const std::string& service : one.services) text += " " + service;
  }
  return text.empty() ? "no peer is known" : text;
}

}  // namespace

result<client_request> client_request_of(const arguments& given, const surroundings& world) {
  client_request request;
  request.file = given.text(client_file_flag.name);
  request.cluster = given.text(cluster_flag.name, "default");
  request.sets = given.all("--set");
  request.plugin_path = plugin_search_path(given, world);
  std::vector<std::string> peers = given.all(connect_flag.name);
  if (!request.file.empty() && (!peers.empty() || given.has(cluster_flag.name)))
    return failure(errc::invalid, "--node brings its own peers: leave out --connect and --cluster");
  request.certs = given.text(certs_flag.name);
  if (given.has(as_flag.name) && request.certs.empty())
    return failure(errc::invalid, "--as names a pair in the directory of --certs: give that, too");
  if (!request.file.empty() && !request.certs.empty())
    return failure(errc::invalid, "--node brings its own credentials: leave out --certs");
  if (!request.certs.empty()) request.id = given.text(as_flag.name, "client");
  if (peers.empty()) peers.emplace_back(default_peer);
  for (const std::string& one : peers) {
    auto parsed = parse_endpoint(one);
    if (!parsed) return std::move(parsed).error().in("--connect");
    request.to.push_back(std::move(*parsed));
  }
  return request;
}

std::string client_yaml(const client_request& request) {
  const bool local = !request.to.empty() && request.to.front().local;
  const bool secure = !request.certs.empty();
  const std::string id = request.id.empty() ? fresh_id() : request.id;
  std::string text = "node: { id: " + quoted(id) + ", cluster: " + quoted(request.cluster) +
                     ", log: { level: warn } }\nplugins:\n";
  text += local ? "  link: { use: transport.unix }\n" : "  link: { use: transport.tcp }\n";
  if (secure) {
    const std::string pair = std::filesystem::absolute(request.certs).string() + "/";
    text += "  certs: { use: security.credentials, cert: " + quoted(pair + id + ".pem") +
            ", key: " + quoted(pair + id + ".key") + ", ca: " + quoted(pair + "ca.pem") + " }\n";
    text += "  identity: { use: security.identity }\n  tls: { use: transport.tls, over: link }\n";
  }
  text += "  codec: { use: transport.msgpack }\n";
  text += std::string("  pool: { use: transport.pool, transport: ") + (secure ? "tls" : "link") +
          " }\n";
  text += "  balance: { use: loadbalance.round_robin }\n";
  text += "  routing: { use: routing }\n";
  text += "  peers: { use: discovery.static, peers: [";
  for (std::size_t i = 0; i < request.to.size(); ++i)
    text += (i == 0 ? "" : ", ") + quoted(mw::to_string(request.to[i]));
  return text + "] }\n";
}

void latch::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_one();
}

bool latch::wait(duration length) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, length, [this] { return open_; });
}

result<std::unique_ptr<client_node>> client_node::open(const client_request& request,
                                                       const interrupt& stop) {
  node_setup setup{request.plugin_path, request.sets};
  auto made = request.file.empty() ? node::from_text(client_yaml(request), std::move(setup))
                                   : node::from_file(request.file, std::move(setup));
  if (!made) return std::move(made).error();
  std::unique_ptr<client_node> client(
      new client_node(std::move(*made), stop));  // NOLINT: private constructor
  client->node_->on<node_draining>([at = client.get()](const node_draining&) { at->ends_ = true; });
  MW_CHECK(client->node_->start());
  return client;
}

client_node::~client_node() {
  if (stop_.asked()) (void)node_->stop_at_once();
}

// It ends already, and nobody waits for what it has under way.
failure client_node::why_stopped() {
  const status how = node_->stop_at_once();
  return {errc::disconnected,
          "the client node has stopped" + (how ? "" : ": " + how.error().text())};
}

status client_node::check() {
  if (ends_ || !node_->post([] {})) return why_stopped();
  return stop_.check();
}

// A node that ends by itself drops its callbacks: then nobody would ever wake us.
status client_node::wait(latch& what) {
  while (!what.wait(look_every))
    if (const status good = check(); !good && !what.wait(duration::zero())) return good;
  return {};
}

status client_node::pause(duration length) {
  using clock = std::chrono::steady_clock;
  const auto until = clock::now() + length;
  for (auto now = clock::now(); now < until; now = clock::now()) {
    (void)stop_.wait(std::min<duration>(until - now, look_every));
    MW_CHECK(check());
  }
  return {};
}

status client_node::run_there(const std::function<void(const client_tools&)>& task) {
  const auto finished = std::make_shared<latch>();
  status outcome;
  const bool taken = node_->post([&, finished] {
    auto* const router = node_->contract<mw::router>("routing");
    auto* const services = node_->contract<mw::services>("routing");
    if (router != nullptr && services != nullptr)
      task({*router, *services});
    else
      outcome = {errc::not_found, "the client's file has no plug-in `routing: { use: routing }`"};
    finished->open();
  });
  if (!taken) return why_stopped();
  while (!finished->wait(look_every))
    if (!node_->post([] {}) && !finished->wait(duration::zero())) return why_stopped();
  return outcome;
}

status client_node::wait_for(const offer& wanted, duration patience) {
  constexpr duration step = 10ms;
  std::vector<member> members;
  for (duration waited{};; waited += step) {
    MW_CHECK(run_there([&](const client_tools& tools) { members = tools.services.members(); }));
    std::size_t offering = 0;
    bool met = wanted.node.empty();
    for (const member& one : members) {
      if (one.self || one.state != peer_state::up || !offers(one, wanted.service)) continue;
      ++offering;
      met = met || one.id == wanted.node;
    }
    if (offering >= wanted.peers && met) return {};
    if (waited >= patience) break;
    MW_CHECK(pause(step));
  }
  std::string whom = "no peer";
  if (!wanted.node.empty())
    whom += " named " + wanted.node;
  else if (wanted.peers > 1)
    whom = "fewer than " + std::to_string(wanted.peers) + " peers";
  return {errc::not_found, whom + (wanted.peers > 1 ? " offer " : " offers ") + wanted.service +
                               " after " + mw::to_string(patience) + ": " + who_offers(members)};
}

}  // namespace mw::kernel::cli
