// bus_rules: the keys of the `bus:` section.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_rules.h"

namespace mw::kernel {

void queue_section::fields(field_visitor& v) {
  v.field("size", size,
          "Events that may wait for one subscriber. Larger queues ride out longer pauses and cost "
          "memory; a queue of events that are overtaken by newer ones wants `coalesce` instead.",
          between{1, largest_size}, unit{"events"});
  v.field("full", full, "What happens to the next event when the queue is full.");
  v.field("key", key,
          "With `full: coalesce`: the event's field by which events replace each other.");
  v.check("key", full != overflow::coalesce || !key.empty(),
          "must name a field when full is coalesce");
}

void bus_rule::fields(field_visitor& v) {
  v.field("on", on, "Topic of the events, with or without its version: peer.found or peer.found/1.",
          required);
  v.field("from", from, "Publishers, by their names under `plugins:`. Empty: all that publish it.");
  v.field("to", to,
          "Subscribers, by their names under `plugins:`. Empty: all that subscribe to it.");
  v.field("where", where, "Only events for which this filter holds, for example: zone == \"a\".");
  v.field("queue", queue, "The queue between the bus and each subscriber.");
}

bool topic_matches(std::string_view on, std::string_view topic) {
  if (on.ends_with('*')) return topic.starts_with(on.substr(0, on.size() - 1));
  if (on == topic) return true;
  const std::size_t slash = topic.rfind('/');
  return slash != std::string_view::npos && on == topic.substr(0, slash);
}

}  // namespace mw::kernel
