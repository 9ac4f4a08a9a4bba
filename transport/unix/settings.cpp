// settings: the options of the stanza with unit, reason and remedy.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

namespace mw::unix_sockets {

void settings::fields(field_visitor& v) {
  v.field("listen", listen,
          "unix:/path of the socket file; relative paths start at data_dir. A file that a dead "
          "process left behind is replaced. Empty: the node only dials.");
  v.field("access", access,
          "Who may connect, by the rights of the socket file: its owner, its group as well, or "
          "everyone on this machine.");
  v.field("send_limit", stream.send_limit,
          "Bytes a link may hold for a peer that reads slowly; beyond, its writer has to wait.",
          between_of(byte_size{4096}, byte_size{std::uint64_t{1} << 30}));
  v.field("connections_max", accepting.connections_max,
          "Links that others may have opened at a time; more are closed at once.",
          between{1, 1'000'000}, unit{"connections"});
  v.field("accept_rate", accepting.accept_rate,
          "New connections of others; those beyond one second's worth wait in the system's queue.",
          between{1, 1'000'000});
  v.check("listen", listen.empty() || listen.local,
          "must be unix:/path; host:port belongs to transport.tcp");
}

}  // namespace mw::unix_sockets
