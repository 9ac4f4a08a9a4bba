// pages: JSON out; parameters come as a query string or as the body of a form.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include "pages_text.h"
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

void put_health(json_writer& out, const std::vector<health_opinion>& all) {
  out.key("health").value(all.empty() ? 1.0 : all.front().score);
  out.key("opinions").begin_array();
  for (const health_opinion& one : all) {
    out.begin_object().key("by").value(one.by).key("score").value(one.score);
    out.key("reason").value(one.reason).end_object();
  }
  out.end_array();
}

std::string as_json(const feed_line& one) {
  json_writer out;
  out.begin_object().key("number").value(one.number).key("at").value(to_string(one.at));
  out.key("kind").value(one.kind).key("node").value(one.node).key("text").value(one.text);
  if (!one.payload.empty()) out.key("payload").value(one.payload);
  return out.end_object().take();
}

bool wants_text(const admin_request& request) {
  return !request.parameter("text").empty();
}

admin_response plain(std::string text, int code) {
  return {.status = code, .content_type = "text/plain", .body = std::move(text)};
}

admin_response fine(bool text) {
  return text ? plain("done\n", 200) : admin_response{.status = 200, .body = R"({"done":true})"};
}

}  // namespace

pages::pages(host& h, agent& of)
    : host_(h),
      agent_(of),
      prefix_(h.name() == "swim" ? "" : "/" + std::string(h.name())),
      feeds_dropped_(h.counter("mw_swim_feed_dropped_total", "Lines that slow listeners missed.")),
      opinions_dropped_(h.counter("mw_swim_health_dropped_total",
                                  "Opinions of somebody's health for which there was no room.")) {
  const auto act = [this](void (pages::*what)(const admin_request&, admin_reply)) {
    return [this, what](const admin_request& request, admin_reply reply) {
      (this->*what)(request, std::move(reply));
    };
  };
  offer(
      "/members", "The members as this node sees them.", admin_kind::read,
      [this](const admin_request& request, const admin_reply& reply) { reply(members(request)); });
  offer("/swim", "This node's own view: health, clocks, digest, encryption.", admin_kind::read,
        [this](const admin_request&, const admin_reply& reply) {
          reply({.status = 200, .body = swim_json()});
        });
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

void pages::heard(const health_changed& told) {
  if (!health_.hear(told)) opinions_dropped_.add();
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

admin_response pages::members(const admin_request& request) const {
  const std::vector<member_row> rows = member_rows(agent_, health_, host_.now());
  if (wants_text(request))
    return {.status = 200,
            .content_type = "text/plain",
            .body = members_text(rows, !request.parameter("verbose").empty())};
  json_writer out;
  out.begin_array();
  for (const member_row& row : rows) {
    out.begin_object().key("name").value(row.name).key("at").value(row.at);
    out.key("state").value(row.state).key("self").value(row.self);
    out.key("incarnation").value(row.incarnation).key("since_ms").value(row.since / 1ms);
    if (row.rtt_ms >= 0) out.key("rtt_ms").value(row.rtt_ms);
    put_tags(out, row.tags);
    put_health(out, row.health);
    out.end_object();
  }
  return {.status = 200, .body = out.end_array().take()};
}

std::string pages::swim_json() const {
  const engine& core = agent_.core();
  json_writer out;
  out.begin_object().key("name").value(core.self().name);
  out.key("wire").value(agent_.opts().wire == wire_mode::serf ? "serf" : "native");
  out.key("at").value(to_string(core.self().at));
  out.key("encrypted").value(!agent_.ring().empty());
  const claims::signed_notary* const signer = agent_.signer();
  out.key("claims").value(signer != nullptr && signer->strict() ? "signed" : "open");
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
    return reply(outcome ? fine(wants_text(request)) : admin_failure(outcome.error()));
  }
  agent_.leave([reply = std::move(reply), text = wants_text(request)] { reply(fine(text)); });
}

void pages::event(const admin_request& request, admin_reply reply) {
  const status outcome =
      agent_.fire(std::string(request.parameter("name")), std::string(request.parameter("payload")),
                  request.parameter("coalesce") != "0");
  reply(outcome ? fine(wants_text(request)) : admin_failure(outcome.error()));
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
  const bool text = wants_text(request);
  const status asked = agent_.ask(std::move(q), [to, text](const query_result& outcome) {
    (*to)(text ? plain(to_text(outcome), 200)
               : admin_response{.status = 200, .body = to_json(outcome)});
  });
  if (!asked) (*to)(admin_failure(asked.error()));
}

void pages::keys(const admin_request& request, admin_reply reply) {
  const std::string action(request.parameter("action"));
  const bool lists = action == "list";
  if (!lists && action != "install" && action != "use" && action != "remove")
    return reply(admin_failure({errc::invalid, "action is list, install, use or remove"}));
  if (agent_.ring().empty())
    return reply(admin_failure(
        {errc::unsupported, "gossip is not encrypted: give the nodes a keyring in the YAML"}));
  const bool text = wants_text(request);
  const auto key = from_base64(request.parameter("key"));
  const bool fits = key && (key->size() == 16 || key->size() == 24 || key->size() == 32);
  if (!lists && !fits)
    return reply(admin_failure({errc::invalid, "key is base64 of 16, 24 or 32 bytes"}));
  agent_.keys(
      action, key.value_or(std::string()),
      [this, action, text, reply = std::move(reply)](const query_result& outcome) {
        const key_report r = report_keys(action, agent_.core().members().living() + 1, outcome);
        const int code = r.complete() ? 200 : 409;
        reply(text ? plain(to_text(r), code) : admin_response{.status = code, .body = to_json(r)});
      });
}

}  // namespace mw::swim
