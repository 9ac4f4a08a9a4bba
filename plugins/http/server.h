// server: all connections of one listener; who may come, who must go, and when all are done.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connection.h"
#include "context.h"

#include <mw/host.h>
#include <mw/transport.h>

#include <cstddef>
#include <memory>
#include <vector>

namespace mw::http {

class server final : private connection_owner {
 public:
  // All references must outlive this.
  server(host& h, const settings& options, admin_directory& directory, identity_source& identity);
  server(const server&) = delete;
  server& operator=(const server&) = delete;
  ~server();

  // Takes a connection over. Above `connections` the one that waits longest for its peer makes
  // room; when all are busy the new one gets 503.
  void accept(link peer);
  // Accepts no more, lets answers under way finish, then calls `done`, perhaps at once.
  void drain(function<void()> done);

  [[nodiscard]] std::size_t active() const { return active_; }
  [[nodiscard]] std::size_t lingering() const { return lingering_; }

 private:
  void ended(connection& which) override;
  void lingers(connection& which) override;
  void defer(connection& which) override;

  [[nodiscard]] bool make_room();
  [[nodiscard]] connection* evictable();
  [[nodiscard]] connection* oldest_lingering();
  void sweep();
  void resume_deferred();
  void reap();
  void leave(connection& which);

  context shared_;
  std::size_t active_ = 0;
  std::size_t lingering_ = 0;
  function<void()> drained_;
  std::vector<std::unique_ptr<connection>> connections_;
  timer sweeper_;
  timer resumer_;  // fires in the next turn, when connections have requests in hand
  timer reaper_;   // fires in the next turn, when connections have ended
};

}  // namespace mw::http
