// page: /tls as JSON.
// SPDX-License-Identifier: Apache-2.0
#include "page.h"

#include "links/secure_stream.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>

namespace mw::tls {

namespace {

constexpr std::size_t listed_max = 1000;

void write_link(json_writer& json, secure_stream& one) {
  json.begin_object();
  json.key("peer").value(one.peer().who.uri);
  json.key("node").value(one.peer().who.node);
  json.key("at").value(to_string(one.remote()));
  json.key("dialled").value(one.session().here() == side::dialler);
  json.key("version").value(one.session().version());
  json.key("cipher").value(one.session().cipher_name());
  json.key("resumed").value(one.session().resumed());
  json.key("epoch").value(one.session().epoch()->epoch());
  json.key("since").value(to_string(one.peer().began));
  json.key("ends").value(to_string(one.peer().end));
  json.key("due").value(one.due());
  json.end_object();
}

}  // namespace

std::string page_path(const host& h) {
  return h.name() == "tls" ? "/tls" : "/tls/" + std::string(h.name());
}

std::string page_json(const works& shared, std::size_t handshakes, std::size_t waiting) {
  json_writer json;
  json.begin_object();
  json.key("credentials");
  if (shared.epoch == nullptr) {
    json.null();
  } else {
    json.begin_object();
    json.key("identity").value(shared.epoch->identity());
    json.key("epoch").value(shared.epoch->epoch());
    json.key("ends").value(to_string(shared.epoch->not_after()));
    json.end_object();
  }
  json.key("handshakes").value(handshakes);
  json.key("waiting").value(waiting);
  json.key("refused_lingering").value(shared.farewells.count());
  json.key("links_total").value(shared.links.size());
  json.key("links").begin_array();
  const std::size_t some = std::min(shared.links.size(), listed_max);
  for (std::size_t i = 0; i < some; ++i) write_link(json, *shared.links[i]);
  json.end_array().end_object();
  return json.take();
}

}  // namespace mw::tls
