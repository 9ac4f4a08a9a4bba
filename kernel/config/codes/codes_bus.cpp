// codes_bus: the BUS codes: the bus: section of a node file.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

constexpr std::array entries{
    code_entry{"BUS0001", "rules that are no list",
               "`bus:` is a list of rules, each with the topic that it speaks of in `on:`.",
               "bus: { on: peer.found }", "bus:\n  - { on: peer.found, to: [pool] }"},
    code_entry{"BUS0002", "an unknown topic",
               "No plug-in of this node publishes the topic or subscribes to it, so the rule could "
               "never apply.",
               "bus:\n  - { on: peer.fuond }", "bus:\n  - { on: peer.found }"},
    code_entry{"BUS0003", "a rule for a plug-in that is not there",
               "`from:` and `to:` name stanzas of this file.",
               "bus:\n  - { on: peer.found, to: [poool] }",
               "bus:\n  - { on: peer.found, to: [pool] }"},
    code_entry{"BUS0004", "a rule for an edge that is not there",
               "The plug-in in `from:` does not publish the topic, or the one in `to:` does not "
               "subscribe to it.",
               "bus:\n  - { on: peer.found, from: [metrics] }",
               "bus:\n  - { on: peer.found, from: [swim] }"},
    code_entry{"BUS0005", "a filter that cannot be read",
               "A filter compares fields of the event with values: zone == \"a\". `mw explain "
               "TYPE` lists the events of a plug-in with their fields.",
               "where: zone = a", "where: zone == \"a\""},
    code_entry{"BUS0006", "a key that is no field",
               "With `full: coalesce`, `key:` names the field of the event by which newer events "
               "replace older ones.",
               "queue: { full: coalesce, key: nodeid }", "queue: { full: coalesce, key: id }"},
};

}  // namespace

std::span<const code_entry> bus_codes() {
  return entries;
}

}  // namespace mw::kernel
