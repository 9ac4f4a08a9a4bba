// codes_wiring: the WIR codes: stanzas, providers and capabilities.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

constexpr std::array entries{
    code_entry{"WIR0001", "no plug-ins",
               "A node without plug-ins does nothing. `plugins:` is a map from names of your "
               "choice to stanzas, each with the type of its plug-in in `use:`.",
               "plugins: [greeter]", "plugins:\n  hello: { use: greeter }"},
    code_entry{"WIR0003", "a slot that names no plug-in",
               "The value of a slot is the name of another stanza of this file, or a list of names "
               "where the slot takes several.",
               "tls: { use: transport.tls, over: tpc }", "tls: { use: transport.tls, over: tcp }"},
    code_entry{"WIR0004", "a slot that names the wrong plug-in",
               "The stanza exists, but its plug-in does not provide the contract that the slot "
               "needs. `mw explain TYPE` lists what a plug-in provides.",
               "tls: { use: transport.tls, over: metrics }",
               "tls: { use: transport.tls, over: tcp }"},
    code_entry{"WIR0005", "nobody provides what a plug-in needs",
               "A plug-in needs a contract that no other stanza provides with the wanted "
               "capabilities. The notes name the candidates and what they lack; the help names the "
               "installed plug-ins that would do.",
               "plugins:\n  tls: { use: transport.tls }",
               "plugins:\n  tcp: { use: transport.tcp }\n  tls: { use: transport.tls }"},
    code_entry{"WIR0006", "several plug-ins would do",
               "Bindings are derived only where exactly one provider fits. With more than one, the "
               "file has to say which.",
               "pool: { use: transport.pool }", "pool: { use: transport.pool, transport: tls }"},
    code_entry{"WIR0007", "the chosen provider lacks something",
               "The stanza that the slot names provides the contract, but without a capability "
               "that the user cannot work without.",
               "pool: { use: transport.pool, transport: udp }",
               "pool: { use: transport.pool, transport: tcp }"},
    code_entry{"WIR0008", "plug-ins that need each other",
               "Providers start before their users, so a circle has no start order. One of its "
               "members has to use another provider, or the bus instead of a call.",
               "a: { use: transport.tls, over: b }\nb: { use: transport.tls, over: a }",
               "a: { use: transport.tls, over: tcp }"},
    code_entry{"WIR0009", "a lane that does not exist", "A node has the lanes 0 to node.lanes - 1.",
               "node: { id: n1, lanes: 1 }\nplugins: { tcp: { use: transport.tcp, lane: 1 } }",
               "node: { id: n1, lanes: 2 }\nplugins: { tcp: { use: transport.tcp, lane: 1 } }"},
    code_entry{"WIR0010", "a call across lanes",
               "Plug-ins call each other directly only on the same lane; between lanes only events "
               "travel. Put both on one lane.",
               "tcp: { use: transport.tcp, lane: 0 }\ntls: { use: transport.tls, lane: 1 }",
               "tcp: { use: transport.tcp, lane: 1 }\ntls: { use: transport.tls, lane: 1 }"},
    code_entry{"WIR0011", "a stanza that nobody uses",
               "The plug-in only provides contracts, has no events, and no other stanza uses it. "
               "It is probably a forgotten slot or a left-over.",
               "", ""},
    code_entry{"WIR0012", "one topic with two meanings",
               "Two libraries were built with different versions of an event's struct. Each would "
               "read the memory of the other's events wrongly, so they cannot run in one node.",
               "", ""},
    code_entry{"WIR0013", "a name that a stanza cannot have",
               "Names of stanzas become metric labels, file names and steps of key paths.",
               "My Server: { use: http }", "my-server: { use: http }"},
};

}  // namespace

std::span<const code_entry> wiring_codes() {
  return entries;
}

}  // namespace mw::kernel
