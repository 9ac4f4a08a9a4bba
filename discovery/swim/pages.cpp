// pages: JSON out; parameters come as a query string or as the body of a form.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include "core/vivaldi.h"
#include "talk/filter.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <utility>

namespace mw::swim {

namespace {

constexpr std::size_t feeds_max = 32;

void put_tags(json_writer& out, const talk::tag_map& tags) {
  out.key("tags").begin_object();
  for (const auto& [key, value] : tags) out.key(key).value(value);
  out.end_object();
}

std::string as_json(const feed_line& one) {
  json_writer out;
  out.begin_object().key("number").value(one.number).key("at").value(to_string(one.at));
  out.key("kind").value(one.kind).key("node").value(one.node).key("text").value(one.text);
  if (!one.payload.empty()) out.key("payload").value(one.payload);
  return out.end_object().take();
}

admin_response fine() {
  return {.status = 200, .body = R"({"done":true})"};
}

}  // namespace

pages::pages(host& h, agent& of)
    : host_(h),
      agent_(of),
      prefix_(h.name() == "swim" ? "" : "/" + std::string(h.name())),
      feeds_dropped_(h.counter("mw_swim_feed_dropped_total", "Lines that slow listeners missed.")) {
  const auto read = [this](std::string (pages::*make)() const) {
    return [this, make](const admin_request&, const admin_reply& reply) {
      reply({.status = 200, .body = (this->*make)()});
    };
  };
  const auto act = [this](void (pages::*what)(const admin_request&, admin_reply)) {
    return [this, what](const admin_request& request, admin_reply reply) {
      (this->*what)(request, std::move(reply));
    };
  };
  offer("/members", "The members as this node sees them.", admin_kind::read,
        read(&pages::members_json));
  offer("/swim", "This node's own view: health, clocks, digest, encryption.", admin_kind::read,
        read(&pages::swim_json));
  offer("/swim/leave", "Leave the cluster in good order; name=X ends a failed member, prune=1 too.",
        admin_kind::action, act(&pages::leave));
  offer("/swim/event", "Send a user event to all members: name, payload, coalesce.",
        admin_kind::action, act(&pages::event));
  offer("/swim/query", "Ask all members: name, payload, node, tag, timeout.", admin_kind::action,
        act(&pages::query));
  offer("/swim/keys", "Keys of all members: action list, install, use or remove; key.",
        admin_kind::action, act(&pages::keys));
  offer_feed();
}

pages::~pages() {
  agent_.on_line = nullptr;
}

void pages::offer(std::string_view path, std::string_view summary, admin_kind kind,
                  admin_handler handler) {
  offers_.push_back(host_.admin().offer({prefix_ + std::string(path), std::string(summary), kind},
                                        std::move(handler)));
}

void pages::offer_feed() {
  offers_.push_back(host_.admin().offer_feed(
      {prefix_ + "/swim/events", "What happens to members, user events and queries, as it happens.",
       admin_kind::feed},
      [this](const admin_request&, std::unique_ptr<admin_feed> feed) {
        if (feeds_.size() >= feeds_max) return;  // dropping it ends it
        for (const feed_line& one : agent_.history()) feed->send(one.kind, as_json(one));
        admin_feed* const raw = feed.get();
        feed->on_closed([this, raw] {
          std::erase_if(feeds_, [raw](const auto& one) { return one.get() == raw; });
        });
        feeds_.push_back(std::move(feed));
      }));
  agent_.on_line = [this](const feed_line& one) {
    const std::string text = as_json(one);
    for (const auto& feed : feeds_)
      if (!feed->send(one.kind, text)) feeds_dropped_.add();
  };
}

std::string pages::members_json() const {
  const engine& core = agent_.core();
  struct row {
    std::string name;
    const member* who;  // null: this node
  };
  std::vector<row> rows{{core.self().name, nullptr}};
  for (const auto& m : core.members().all()) rows.push_back({m->name, m.get()});
  std::sort(rows.begin(), rows.end(), [](const row& a, const row& b) { return a.name < b.name; });
  json_writer out;
  out.begin_array();
  for (const row& one : rows) {
    const member* const m = one.who;
    const bool leaving = m == nullptr ? core.leaving() : agent_.talker().is_leaving(m->name);
    std::string state(m == nullptr ? "alive" : to_string(m->state));
    if (leaving && state == "alive") state = "leaving";
    out.begin_object().key("name").value(one.name);
    out.key("at").value(to_string(m == nullptr ? core.self().at : m->at));
    out.key("state").value(state).key("self").value(m == nullptr);
    out.key("incarnation").value(m == nullptr ? core.self().incarnation : m->incarnation);
    if (m != nullptr) {
      out.key("since").value(mw::to_string(host_.now() - m->changed));
      if (m->where) out.key("rtt_ms").value(1000 * distance(core.here(), *m->where));
    }
    put_tags(out, m == nullptr ? agent_.own_tags() : talk::decode_tags(m->meta));
    out.end_object();
  }
  return out.end_array().take();
}

std::string pages::swim_json() const {
  const engine& core = agent_.core();
  json_writer out;
  out.begin_object().key("name").value(core.self().name);
  out.key("wire").value(agent_.opts().wire == wire_mode::serf ? "serf" : "native");
  out.key("at").value(to_string(core.self().at));
  out.key("encrypted").value(!agent_.ring().empty());
  out.key("keys").value(agent_.ring().keys().size());
  out.key("health_score").value(core.health()).key("members").value(core.members().living() + 1);
  out.key("cluster_size").value(core.cluster_size());
  out.key("silent").value(core.silent(host_.now()));
  out.key("digest").value(core.digest());
  out.key("member_time").value(agent_.talker().time());
  out.key("event_time").value(agent_.talker().event_time());
  out.key("query_time").value(agent_.talker().query_time());
  out.key("broadcasts_waiting").value(core.waiting_broadcasts());
  return out.end_object().take();
}

void pages::leave(const admin_request& request, admin_reply reply) {
  const std::string name(request.parameter("name"));
  if (!name.empty()) {
    const status outcome = agent_.remove(name, request.parameter("prune") == "1");
    return reply(outcome ? fine() : admin_failure(outcome.error()));
  }
  agent_.leave([reply = std::move(reply)] { reply(fine()); });
}

void pages::event(const admin_request& request, admin_reply reply) {
  const status outcome = agent_.fire(std::string(request.parameter("name")),
                                     std::string(request.parameter("payload")),
                                     request.parameter("coalesce") != "0");
  reply(outcome ? fine() : admin_failure(outcome.error()));
}

void pages::query(const admin_request& request, admin_reply reply) {
  talk::query q;
  q.name = request.parameter("name");
  q.payload = request.parameter("payload");
  if (q.name.empty() || q.name.starts_with("_"))
    return reply(admin_failure({errc::invalid, "a query has a name that does not begin with _"}));
  std::vector<std::string> nodes;
  for (const auto& [key, value] : request.query) {
    if (key == "node") nodes.push_back(value);
    const std::size_t equal = value.find('=');
    if (key == "tag" && equal != std::string::npos)
      q.filters.push_back(talk::filter_by_tag(value.substr(0, equal), value.substr(equal + 1)));
  }
  if (!nodes.empty()) q.filters.push_back(talk::filter_by_nodes(nodes));
  if (const std::string_view text = request.parameter("timeout"); !text.empty()) {
    const auto wanted = parse_duration(text);
    if (!wanted || *wanted <= 0s || *wanted > 1h)
      return reply(admin_failure({errc::invalid, "timeout is a duration up to 1h, such as 5s"}));
    q.timeout = *wanted;
  }
  // Shared: the reply is needed whether the question could be asked or not.
  const auto to = std::make_shared<admin_reply>(std::move(reply));
  const status asked = agent_.ask(std::move(q), [to](const query_result& outcome) {
    json_writer out;
    out.begin_object().key("acks").begin_array();
    for (const std::string& one : outcome.acks) out.value(one);
    out.end_array().key("responses").begin_object();
    for (const auto& [node, payload] : outcome.responses) out.key(node).value(payload);
    (*to)({.status = 200, .body = out.end_object().end_object().take()});
  });
  if (!asked) (*to)(admin_failure(asked.error()));
}

void pages::keys_answer(std::string_view action, const query_result& outcome,
                        const admin_reply& reply) {
  std::size_t done = 0;
  std::map<std::string, std::size_t> held;
  std::map<std::string, std::size_t> primary;
  json_writer out;
  out.begin_object().key("action").value(action).key("failed").begin_object();
  for (const auto& [node, payload] : outcome.responses) {
    const auto answer = talk::decode_key_answer(payload);
    if (answer && answer->fine) {
      ++done;
      for (const std::string& key : answer->keys) ++held[base64(key)];
      if (!answer->primary.empty()) ++primary[base64(answer->primary)];
    } else {
      out.key(node).value(answer ? answer->text : "an answer that cannot be understood");
    }
  }
  const std::size_t members = agent_.core().members().living() + 1;
  out.end_object().key("members").value(members).key("done").value(done);
  out.key("complete").value(done == members);
  if (action == "list") {
    out.key("keys").begin_object();
    for (const auto& [key, count] : held) out.key(key).value(count);
    out.end_object().key("primary").begin_object();
    for (const auto& [key, count] : primary) out.key(key).value(count);
    out.end_object();
  }
  reply({.status = 200, .body = out.end_object().take()});
}

void pages::keys(const admin_request& request, admin_reply reply) {
  const std::string action(request.parameter("action"));
  const bool lists = action == "list";
  if (!lists && action != "install" && action != "use" && action != "remove")
    return reply(admin_failure({errc::invalid, "action is list, install, use or remove"}));
  if (agent_.ring().empty())
    return reply(admin_failure(
        {errc::unsupported, "gossip is not encrypted: give the nodes a keyring in the YAML"}));
  const auto key = from_base64(request.parameter("key"));
  const bool fits = key && (key->size() == 16 || key->size() == 24 || key->size() == 32);
  if (!lists && !fits)
    return reply(admin_failure({errc::invalid, "key is base64 of 16, 24 or 32 bytes"}));
  agent_.keys(action, key.value_or(std::string()),
              [this, action, reply = std::move(reply)](const query_result& outcome) {
                keys_answer(action, outcome, reply);
              });
}

}  // namespace mw::swim
