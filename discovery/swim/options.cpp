// options: names, defaults and the reasons for them.
// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include "wire/bytes.h"
#include "wire/keyring.h"

#include <algorithm>

namespace mw::swim {

namespace {

bool numeric(const endpoint& at) {
  return !at.local && !ip_bytes(at.host).empty();
}

bool is_v6(const endpoint& at) {
  return at.host.find(':') != std::string::npos;
}

bool is_any(const endpoint& at) {
  return at.host == "0.0.0.0" || at.host == "::";
}

}  // namespace

void options::where_fields(field_visitor& v) {
  v.field("wire", wire,
          "native, or serf to be a member of a cluster of serf agents. All nodes of a cluster "
          "speak the same.");
  v.field(
      "preset", profile,
      "lan, wan, local or fast: all times at once. lan sees a crash in 6 to 11 s and tolerates "
      "freezes of 4 s; fast needs half the time and tolerates less; wan is for long ways, local "
      "for one machine.");
  v.field("bind", bind, "Where gossip arrives, over UDP and TCP. Port 0 takes a free one.");
  v.field("bind_also", bind_also,
          "A second address, of the other IP version: members of both are then reached directly, "
          "and reach this node there, too, but hear of the one that bind or advertise says. "
          "Without it this node cannot ask members of the other version itself: others do.");
  v.field("advertise", advertise,
          "Where others reach this node's gossip. Default: what bind says. Needed behind address "
          "translation, and with bind 0.0.0.0.");
  v.field("address", address,
          "Where others reach this node's transport; it travels with the membership, so that "
          "pools of others dial it. Default: what the transport's user announces, or none.");
  v.field("seeds", seeds, "Gossip endpoints of some nodes of the cluster; this node may be one.");
  v.field("seed_port", seed_port,
          "Port at which nodes found by other discovery plug-ins gossip. 0: the port they are "
          "listed with.",
          at_most{65'535}, unit{"port"});
  v.check("bind", numeric(bind), "must be a numeric address with a port, such as 10.0.0.5:7946");
  v.check("bind_also", !bind_also || numeric(*bind_also),
          "must be a numeric address with a port, such as [fd00::5]:7946");
  v.check("bind_also",
          !bind_also || !numeric(*bind_also) || !numeric(bind) || is_v6(*bind_also) != is_v6(bind),
          "must be of the other IP version than bind: one of each is enough");
  v.check("advertise", !advertise || (numeric(*advertise) && !is_any(*advertise)),
          "must be a numeric address that others can reach, such as 10.0.0.5:7946");
  v.check("bind", advertise || !is_any(bind),
          "takes every address, so that 'advertise' has to name the one that others can reach");
  v.check("seeds", seeds.size() <= 1'024, "at most 1024 seeds can be named");
  v.check("address", !address || !address->local, "must be reachable from other machines");
}

void options::cluster_fields(field_visitor& v) {
  v.field("label", label,
          "Nodes with another label are not heard. Default: the cluster's name in native mode, "
          "none in serf mode.");
  v.field("keyring", keyring,
          "Keys for encryption, as base64 of 16, 24 or 32 bytes; the first one encrypts, all of "
          "them decrypt. Empty: no encryption. `mw keys generate` makes one.");
  v.field("keyring_file", keyring_file,
          "Keeps the keyring over restarts, once keys were changed at run time; relative to the "
          "data directory. It then wins over keyring, with a warning when they differ.");
  v.field(
      "claims", claims,
      "signed: a member is believed only what its certificate signed: its address, tags, "
      "incarnation and leaving. open: whoever holds a gossip key can speak for others; own "
      "claims are signed where there are credentials. Default: signed when the node has "
      "credentials and an identity plug-in, else open. Switch to signed when all members sign.");
  v.field("claim_checks", claim_checks,
          "Signatures that are checked in a second, about 0.15 ms each; what is beyond has to be "
          "said again. Lower: large clusters meet more slowly. Higher: forgeries cost more.",
          between{16, 100'000}, unit{"checks/s"});
  v.field("tags", tags,
          "Facts about this node that all members see; at most 512 bytes with names and framing.");
  v.field("snapshot", snapshot,
          "Remembers members over a restart, so that this node finds back without seeds; relative "
          "to the data directory.");
  v.field("rejoin_after_leave", rejoin_after_leave,
          "Rejoin from the snapshot although this node had left in good order.");
  v.field("leave_on_stop", leave_on_stop,
          "Tell everybody when this node stops; otherwise it is found to have failed.");
  v.field("leave_timeout", leave_timeout, "How long leaving may take before the stop goes on.",
          between_of(100ms, 60s));
  v.check("label", label.size() <= 255, "has at most 255 bytes");
  v.check("keyring", keyring.size() <= keyring::keys_max, "at most 4 keys can be installed");
  v.check("keyring",
          std::all_of(keyring.begin(), keyring.end(),
                      [](const secret& key) {
                        const auto bytes = from_base64(key.reveal());
                        return bytes &&
                               (bytes->size() == 16 || bytes->size() == 24 || bytes->size() == 32);
                      }),
          "each key is base64 of 16, 24 or 32 bytes; `mw keys generate` makes one");
  v.check("claims", wire == wire_mode::native || claims != claims_mode::signed_only,
          "serf's wire form has no room for signatures: write open, or wire: native");
  v.check("tags",
          tags.count(std::string(tag_address)) == 0 && tags.count(std::string(tag_zone)) == 0,
          "mw_address and mw_zone are set by this plug-in");
}

void options::timing_fields(field_visitor& v) {
  v.field("probe_interval", probe_interval,
          "How often one member is probed. Default: by preset. Shorter finds crashes sooner and "
          "costs more.",
          between_of(50ms, 1h));
  v.field("probe_timeout", probe_timeout,
          "Patience with a direct answer before others are asked. Default: by preset.",
          between_of(10ms, 1h));
  v.field("indirect_probes", indirect_probes,
          "Members asked to probe for us. Default: by preset. 0: nobody, more false alarms.",
          between{0, 16}, unit{"members"});
  v.field("gossip_interval", gossip_interval, "How often news is spread. Default: by preset.",
          between_of(10ms, 1h));
  v.field("gossip_nodes", gossip_nodes, "Members that get it each time. Default: by preset.",
          between{1, 32}, unit{"members"});
  v.field("suspicion_factor", suspicion_factor,
          "Probe intervals, times log10 of the number of members, that a suspect has to answer. "
          "Default: by preset. Lower is faster and buries the living.",
          between{1, 32}, unit{"intervals"});
  v.field("sync_interval", sync_interval,
          "How often two members compare all they know; longer above 32 members. Default: by "
          "preset.",
          between_of(1s, 24h));
  v.field("stall_aware", stall_aware,
          "Doubt ourselves before others while this node hears nothing or stood still. Within "
          "caps; off only for comparison.");
  v.field("members_max", members_max, "Members that are kept at most; further ones are refused.",
          between{2, 1'000'000}, unit{"members"});
  v.field("forget_after", forget_after,
          "How long members are kept that failed or left: this long a node may be away and is "
          "still looked for.",
          between_of(1min, 720h));
}

void options::fields(field_visitor& v) {
  where_fields(v);
  cluster_fields(v);
  timing_fields(v);
  const settings s = engine_settings();
  v.check("probe_timeout", s.probe_timeout <= s.probe_interval,
          "must not exceed the probe interval: others are asked in between");
}

settings options::engine_settings() const {
  settings s = settings_for(profile);
  if (probe_interval) {
    s.probe_interval = *probe_interval;
    s.silence = 5 * *probe_interval;
    s.silence_cap = 20 * *probe_interval;
    if (!probe_timeout) s.probe_timeout = std::min(s.probe_timeout, *probe_interval / 2);
  }
  if (probe_timeout) s.probe_timeout = *probe_timeout;
  if (indirect_probes) s.indirect_probes = *indirect_probes;
  if (gossip_interval) s.gossip_interval = *gossip_interval;
  if (gossip_nodes) s.gossip_nodes = *gossip_nodes;
  if (suspicion_factor) s.suspicion_factor = *suspicion_factor;
  if (sync_interval) s.sync_interval = *sync_interval;
  s.stall_aware = stall_aware;
  s.members_max = members_max;
  s.forget_after = forget_after;
  return s;
}

}  // namespace mw::swim
