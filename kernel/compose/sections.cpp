// sections: the keys of `node:` and the keys that all stanzas share, with their units and reasons.
// SPDX-License-Identifier: Apache-2.0
#include "compose/composition.h"

#include <mw/admin.h>
#include <mw/node_services.h>

namespace mw::kernel {

void log_section::fields(field_visitor& v) {
  v.field("level", level,
          "Lines below this level are not written. debug writes a line per message.", live);
  v.field("format", format, "text for people, json for machines: one JSON object a line.");
  v.field("file", file,
          "File to append to, relative to data_dir; reopened on SIGHUP. Empty: stderr.");
  v.field("levels", levels, "Levels of single plug-ins, by their names under `plugins:`.", live);
}

void node_section::fields(field_visitor& v) {
  v.field("id", id, "Name of this node; unique in its cluster. Peers know the node by it.",
          required);
  v.field("cluster", cluster, "Nodes of different clusters refuse to talk to each other.");
  v.field("zone", zone, "Failure domain, for example a rack. Balancing prefers the own zone.");
  v.field("datacenter", datacenter, "Site of the node. Gossip uses its WAN profile between sites.");
  v.field("data_dir", data_dir, "Directory for everything the node keeps. Created when missing.");
  v.field("lanes", lanes,
          "Threads with a loop each. A stanza's `lane` puts its plug-in on one of them; more lanes "
          "than "
          "cores only add switches.",
          between{1, 64}, unit{"lanes"});
  v.field("busy_poll", busy_poll,
          "Time for which a lane looks for more I/O before it sleeps, for example 50us. Saves the "
          "microseconds of being woken and costs up to a core a lane, so it pauses while it rarely "
          "pays. 0: off.",
          between_of(duration(0s), duration(1ms)));
  v.field("plugin_path", plugin_path,
          "More directories with plug-in libraries, searched before the installed ones.");
  v.field("drain_timeout", drain_timeout,
          "Time for all plug-ins together to finish their work after SIGTERM. Too short loses work "
          "under way, too long holds up a restart.",
          between_of(duration(0s), duration(1h)));
  v.field("log", log, "Where log lines go and which.");
}

void stanza_section::fields(field_visitor& v) {
  v.field("use", use, "Type of the plug-in, for example transport.tcp.", required);
  v.field("on_failure", on_failure,
          "When the plug-in fails: stop the node, go on without it, or start it again after "
          "retry_delay.");
  v.field("readiness", ready, "Whether the node counts as ready without this plug-in.");
  v.field("lane", lane, "Index of the thread that runs the plug-in; see node.lanes.", at_most{63});
  v.field("start_timeout", start_timeout,
          "Not ready for this long after its start counts as a failure.",
          between_of(duration(1ms), duration(1h)));
  v.field("drain_timeout", drain_timeout,
          "Time to finish work under way when the node stops; what remains is lost.",
          between_of(duration(0s), duration(1h)));
  v.field(
      "retry_delay", retry_delay,
      "With on_failure: retry, the pause before the first new start. Doubles up to 30 times this.",
      between_of(duration(1ms), duration(1h)));
}

bool is_kernel_contract(std::string_view contract) {
  return contract == admin_directory::contract || contract == node_status::contract ||
         contract == metrics_source::contract || contract == event_tap::contract;
}

}  // namespace mw::kernel
