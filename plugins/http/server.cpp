// server: the table of connections and its three timers.
// SPDX-License-Identifier: Apache-2.0
#include "server.h"

#include <algorithm>
#include <utility>

namespace mw::http {
namespace {

// Connections that only wait for their last bytes to leave are cheap, but not free.
constexpr std::size_t lingering_max = 128;

}  // namespace

server::server(host& h, const settings& options, admin_directory& directory,
               identity_source& identity)
    : shared_(h, options, directory, identity, *this),
      sweeper_(h.make_timer([this] { sweep(); })),
      resumer_(h.make_timer([this] { resume_deferred(); })),
      reaper_(h.make_timer([this] { reap(); })) {}

server::~server() {
  // Endpoints may be told here that their feeds ended; the table must not change meanwhile.
  for (const auto& each : std::exchange(connections_, {}))
    if (each->counted != connection::standing::ended) shared_.metrics.closed();
}

void server::accept(link peer) {
  if (shared_.draining) return;  // dropping the stream resets it
  const bool room = make_room();
  connection& fresh =
      *connections_.emplace_back(std::make_unique<connection>(shared_, std::move(peer)));
  shared_.metrics.opened();
  ++active_;
  if (!sweeper_->armed()) sweeper_->arm(shared_.options.sweep_period());
  fresh.start();
  if (room) return;
  shared_.host.log().warn("no connection is free and none can make room",
                          {{"connections", shared_.options.connections}});
  fresh.turn_away("all " + std::to_string(shared_.options.connections) +
                  " connections are busy; try again later");
}

void server::drain(function<void()> done) {
  shared_.draining = true;
  drained_ = std::move(done);
  for (const auto& each : connections_) each->drain();
  if (connections_.empty()) std::exchange(drained_, nullptr)();
}

bool server::make_room() {
  if (active_ < shared_.options.connections) return true;
  connection* const victim = evictable();
  if (victim == nullptr) return false;
  victim->evict();
  return true;
}

// The connection whose peer is awaited: the least loss first, then the longest wait.
connection* server::evictable() {
  connection* best = nullptr;
  for (const auto& each : connections_) {
    if (each->waits_for() > phase::writing || each->deferred) continue;
    if (each->counted != connection::standing::active) continue;
    if (best == nullptr ||
        std::pair(each->waits_for(), each->since()) < std::pair(best->waits_for(), best->since()))
      best = each.get();
  }
  return best;
}

connection* server::oldest_lingering() {
  connection* best = nullptr;
  for (const auto& each : connections_)
    if (each->counted == connection::standing::lingering &&
        (best == nullptr || each->since() < best->since()))
      best = each.get();
  return best;
}

void server::leave(connection& which) {
  if (which.counted == connection::standing::active) --active_;
  if (which.counted == connection::standing::lingering) --lingering_;
}

void server::lingers(connection& which) {
  if (which.counted != connection::standing::active) return;
  if (lingering_ >= lingering_max)
    if (connection* const oldest = oldest_lingering()) oldest->end();
  leave(which);
  which.counted = connection::standing::lingering;
  ++lingering_;
}

void server::ended(connection& which) {
  leave(which);
  which.counted = connection::standing::ended;
  shared_.metrics.closed();
  if (!reaper_->armed()) reaper_->arm(duration::zero());
}

void server::defer(connection& which) {
  which.deferred = true;
  if (!resumer_->armed()) resumer_->arm(duration::zero());
}

void server::sweep() {
  const time_point now = shared_.host.now();
  for (const auto& each : connections_) each->check(now);
  if (!connections_.empty()) sweeper_->arm(shared_.options.sweep_period());
}

void server::resume_deferred() {
  for (const auto& each : connections_)
    if (std::exchange(each->deferred, false)) each->resume();
}

void server::reap() {
  // Destroying a connection can run code of endpoints: the table is in order before that.
  std::vector<std::unique_ptr<connection>> gone;
  std::erase_if(connections_, [&](std::unique_ptr<connection>& each) {
    if (each->counted != connection::standing::ended) return false;
    gone.push_back(std::move(each));
    return true;
  });
  gone.clear();
  if (shared_.draining && connections_.empty() && drained_) std::exchange(drained_, nullptr)();
}

}  // namespace mw::http
