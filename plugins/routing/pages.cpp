// pages: lists are cut at a thousand lines.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

#include <charconv>
#include <map>

namespace mw::routing {
namespace {

constexpr std::size_t lines_max = 1000;

void write_names(json_writer& json, std::string_view key, const std::vector<std::string>& names) {
  json.key(key).begin_array();
  for (const std::string& name : names) json.value(name);
  json.end_array();
}

std::string members_page(engine& of) {
  json_writer json;
  json.begin_array();
  for (const member& m : of.members()) {
    json.begin_object().key("id").value(m.id).key("zone").value(m.zone);
    json.key("address").value(m.address).key("state").value(to_string(m.state));
    json.key("self").value(m.self);
    write_names(json, "services", m.services);
    write_names(json, "groups", m.groups);
    json.end_object();
  }
  return json.end_array().take();
}

std::string services_page(engine& of) {
  std::map<std::string, std::vector<std::string>> by_service;
  for (const member& m : of.members())
    for (const std::string& service : m.services)
      if (m.state == peer_state::up) by_service[service].push_back(m.id);
  json_writer json;
  json.begin_array();
  for (const auto& [name, nodes] : by_service) {
    json.begin_object().key("service").value(name);
    write_names(json, "nodes", nodes);
    json.end_object();
  }
  return json.end_array().take();
}

std::string calls_page(engine& of) {
  const time_point now = of.parts().node.now();
  std::size_t left = lines_max;
  json_writer json;
  json.begin_object().key("open").value(of.calls().size()).key("calls").begin_array();
  of.calls().each([&](const leg& l) {
    if (left == 0) return;
    --left;
    json.begin_object().key("service").value(l.what->name);
    json.key("node").value(of.parts().peers.at(l.peer).view.id);
    json.key("age").value(to_string(now - l.started));
    json.key("left").value(to_string(l.deadline - now)).end_object();
  });
  return json.end_array().end_object().take();
}

std::string dead_page(engine& of) {
  json_writer json;
  json.begin_array();
  std::size_t left = lines_max;
  for (const dead_letter& letter : of.sending().letters().dead().all()) {
    if (left-- == 0) break;
    json.begin_object().key("id").value(letter.id).key("service").value(letter.service);
    json.key("node").value(letter.node).key("group").value(letter.group);
    json.key("at").value(to_string(letter.at)).key("attempts").value(letter.attempts);
    json.key("bytes").value(letter.body.size()).key("why").value(letter.why.text()).end_object();
  }
  return json.end_array().take();
}

admin_response replay_page(engine& of, std::string_view id_text) {
  std::uint64_t id = 0;
  const char* const end = id_text.data() + id_text.size();
  const auto [read, error] = std::from_chars(id_text.data(), end, id);
  if (error != std::errc() || read != end)
    return admin_failure({errc::invalid,
                          "id: wants the number of a dead letter, for example "
                          "/routing/dead/replay?id=7"});
  if (const status sent = of.sending().letters().replay(id); !sent)
    return admin_failure(sent.error());
  return {.body = "{\"sent\":" + std::to_string(id) + "}"};
}

}  // namespace

std::vector<std::unique_ptr<admin_offer>> offer_pages(const host& on, engine& of) {
  std::vector<std::unique_ptr<admin_offer>> pages;
  // A node may have several routers: the usual one keeps the short paths.
  const std::string prefix = on.name() == "routing" ? "" : "/" + std::string(on.name());
  const auto page = [&](const char* path, std::string summary, std::string (*text)(engine&)) {
    pages.push_back(on.admin().offer({prefix + path, std::move(summary), admin_kind::read},
                                     [&of, text](const admin_request&, const admin_reply& reply) {
                                       reply({.body = text(of)});
                                     }));
  };
  page("/routing/members", "Everybody this node knows, with services and groups.", members_page);
  page("/routing/services", "Each service with the nodes that are up and offer it.", services_page);
  page("/routing/calls", "Calls that wait for an answer.", calls_page);
  page("/routing/dead", "Messages that were given up.", dead_page);
  pages.push_back(on.admin().offer(
      {prefix + "/routing/dead/replay", "Sends the dead letter `id` again.", admin_kind::action},
      [&of](const admin_request& request, const admin_reply& reply) {
        reply(replay_page(of, request.parameter("id")));
      }));
  return pages;
}

}  // namespace mw::routing
