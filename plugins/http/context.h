// context: what all connections of one server share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gate/access.h"
#include "gate/identity.h"
#include "metrics.h"
#include "settings.h"

#include <mw/admin.h>
#include <mw/host.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace mw::http {

class connection;

// What a connection tells the server. None of these destroys the connection before the next turn.
class connection_owner {
 public:
  // It is dead: nothing of it is used any more.
  virtual void ended(connection& which) = 0;
  // It only waits for its last bytes to leave, and no longer counts against `connections`.
  virtual void lingers(connection& which) = 0;
  // It has requests in hand and wants resume() in a later turn.
  virtual void defer(connection& which) = 0;

 protected:
  ~connection_owner() = default;
};

// Lives in the server, which outlives its connections.
struct context {
  context(mw::host& h, const settings& chosen, admin_directory& endpoints, identity_source& who,
          connection_owner& server);

  // The Date line's value, computed once a second.
  [[nodiscard]] const std::string& date();
  // Keeps the metrics of wrong proofs up to date.
  void note_knocks();

  mw::host& host;
  settings options;
  request_limits limits;
  access_rules access;
  http_metrics metrics;
  admin_directory& directory;
  identity_source& identity;
  connection_owner& owner;
  std::size_t feeds = 0;       // open now
  std::size_t body_bytes = 0;  // of all requests in hand
  bool draining = false;
  // For building one message without allocating: empty between uses, which never nest.
  std::string scratch;
  std::string message;

 private:
  std::uint64_t forgotten_ = 0;  // as the counter has it
  std::string date_;
  duration date_second_ = -1s;
};

}  // namespace mw::http
