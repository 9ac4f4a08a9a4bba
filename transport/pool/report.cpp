// report: the admin pages: who is known and what goes on with the connections.
// SPDX-License-Identifier: Apache-2.0
#include "pool.h"

#include <mw/toolkit/json_writer.h>

namespace mw::pool {

namespace {

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

std::string_view name_of(phase p) {
  switch (p) {
    case phase::greeting:
      return "greeting";
    case phase::ready:
      return "ready";
    case phase::draining:
      return "draining";
    case phase::lingering:
      return "lingering";
  }
  return "unknown";
}

}  // namespace

std::string pool::peers_json() const {
  json_writer json;
  json.begin_array();
  book_.each([&](const peer& p) {
    json.begin_object();
    json.key("id").value(p.view.id).key("state").value(mw::to_string(p.view.state));
    json.key("zone").value(p.view.zone).key("identity").value(p.view.identity);
    json.key("life").value(p.view.life).key("connections").value(p.links.size());
    json.key("dialling").value(p.dialling).key("failures").value(p.retry.failures());
    json.key("waiting_messages").value(p.waiting.count());
    json.key("waiting_bytes").value(p.waiting.bytes());
    json.key("addresses").begin_array();
    for (const std::string& address : p.addresses) json.value(address);
    json.end_array().key("listed_by").begin_array();
    for (const peer::listing& l : p.listings) json.value(l.source);
    json.end_array().end_object();
  });
  return json.end_array().take();
}

std::string pool::connections_json() const {
  json_writer json;
  const time_point now = host_.now();
  json.begin_array();
  links_.each([&](connection& one) {
    const peer* const p = book_.find(one.peer());
    json.begin_object();
    json.key("peer").value(p == nullptr ? std::string() : p->name());
    json.key("state").value(name_of(one.state())).key("dialled").value(one.dialled());
    json.key("remote").value(mw::to_string(one.remote()));
    json.key("age_seconds").value(seconds(now - one.how().began));
    json.key("unused_seconds").value(seconds(now - one.last_used()));
    json.key("open").value(one.open()).key("streams").value(one.streams());
    json.key("queued_bytes")
        .value(one.queued())
        .key("queued_messages")
        .value(one.waiting().waiting());
    json.key("window_left").value(one.window().left()).key("window").value(one.window().full());
    json.key("reassembly_bytes").value(one.reassembling());
    json.key("blocked").value(one.congested()).end_object();
  });
  return json.end_array().take();
}

}  // namespace mw::pool
