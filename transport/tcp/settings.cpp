// settings: the options of the stanza with unit, reason and remedy.
// SPDX-License-Identifier: Apache-2.0
#include "settings.h"

namespace mw::tcp {

void settings::fields(field_visitor& v) {
  v.field("listen", listen,
          "Numeric address and port to listen on; port 0 takes a free one. Empty: the node only "
          "dials.");
  v.field("send_limit", stream.send_limit,
          "Bytes a link may hold for a peer that reads slowly; beyond, its writer has to wait. "
          "Times the number of links it bounds the memory that slow peers can hold.",
          between_of(byte_size{4096}, byte_size{std::uint64_t{1} << 30}));
  v.field("no_delay", stream.no_delay,
          "Send small messages at once (TCP_NODELAY). All writes of a turn leave together anyway, "
          "so that waiting for more only adds delay.");
  v.field("keep_alive", stream.keep_alive,
          "Silence after which an idle peer is probed; three probes without an answer close the "
          "link. 0: never, and a peer that vanished stays on the books.",
          between_of(duration(0s), duration(9h)));
  v.field("user_timeout", stream.user_timeout,
          "A peer that acknowledges nothing of what was sent for so long is given up "
          "(TCP_USER_TIMEOUT). 0: the system's own patience, a quarter of an hour.",
          between_of(duration(0s), duration(1h)));
  v.field("connections_max", accepting.connections_max,
          "Links that others may have opened at a time; more are closed at once. Bounds memory "
          "and descriptors: an idle link takes about 1 KiB.",
          between{1, 1'000'000}, unit{"connections"});
  v.field("accept_rate", accepting.accept_rate,
          "New connections of others. Those beyond one second's worth wait in the system's queue, "
          "so that a storm of reconnects leaves time for the links that work.",
          between{1, 1'000'000});
  v.check("listen", !listen.local, "must be host:port; unix: paths belong to transport.unix");
}

}  // namespace mw::tcp
