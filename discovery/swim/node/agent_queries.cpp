// agent_queries: questions to all members: about keys, names, and whatever users ask.
// SPDX-License-Identifier: Apache-2.0
#include "core/broadcast_queue.h"
#include "node/agent.h"
#include "talk/filter.h"

#include <algorithm>

namespace mw::swim {

namespace {

constexpr std::string_view internal = "_serf_";
constexpr std::string_view query_ping = "_serf_ping";
constexpr std::string_view query_conflict = "_serf_conflict";
constexpr std::string_view keys_suffix = "-key";

// "install" in "_serf_install-key", "list" in "_serf_list-keys"; empty when it is another query.
std::string_view key_action(std::string_view query) {
  if (!query.starts_with(internal)) return {};
  query.remove_prefix(internal.size());
  const std::size_t dash = query.find(keys_suffix);
  return dash == std::string_view::npos ? std::string_view() : query.substr(0, dash);
}

int serf_status(const member& m) {
  switch (m.state) {
    case liveness::alive:
    case liveness::suspect:
      return 1;
    case liveness::left:
      return 3;
    case liveness::dead:
      return 4;
  }
  return 0;
}

}  // namespace

duration agent::query_patience() const {
  const settings s = opt_.engine_settings();
  return 16 * s.gossip_interval * retransmissions(1, engine_->cluster_size());
}

void agent::take(const talk::query& q) {
  if (q.name == query_ping) return;  // the acknowledgement was all
  if (!key_action(q.name).empty()) return take_key_query(q);
  if (q.name == query_conflict) {
    const member* const m = engine_->members().find(q.payload);
    if (q.payload == engine_->self().name || m == nullptr) return;  // who is asked about keeps out
    (void)talk_.respond(q, talk::encode(talk::conflict_view{
                               m->name, m->at, talk::decode_tags(m->meta), serf_status(*m)}));
    return;
  }
  line("query", q.source, q.name, q.payload);
  // The two questions that need nobody to answer them.
  if (q.name == "uptime?" || q.name == "who?") (void)talk_.respond(q, engine_->self().name);
}

talk::key_answer agent::change_keys(std::string_view action, std::string_view key) {
  talk::key_answer answer;
  if (action == "list") {
    answer.keys = keys_.keys();
    if (!keys_.empty()) answer.primary = keys_.primary();
    return answer;
  }
  status outcome;
  if (keys_.empty())
    outcome = {errc::unsupported, "No encryption keys installed on this node"};
  else if (action == "install")
    outcome = keys_.install(std::string(key));
  else if (action == "use")
    outcome = keys_.use(key);
  else if (action == "remove")
    outcome = keys_.remove(key);
  else
    outcome = {errc::unsupported, "unknown action on keys"};
  answer.fine = outcome.ok();
  if (!outcome) answer.text = outcome.error().text();
  if (outcome) {
    host_.log().info("the keyring has changed",
                     {{"action", action}, {"keys", keys_.keys().size()}});
    line("keys", engine_->self().name, std::string(action));
    save_keys();
  }
  return answer;
}

void agent::take_key_query(const talk::query& q) {
  const auto key = talk::decode_key_request(q.payload);
  const std::string_view action = key_action(q.name);
  talk::key_answer answer;
  if (!key && action != "list") {
    answer.fine = false;
    answer.text = "the request cannot be understood";
  } else {
    answer = change_keys(action, key.value_or(std::string()));
  }
  (void)talk_.respond(q, talk::encode(answer));
}

status agent::ask(talk::query q, function<void(query_result)> done) {
  q.reply_to = engine_->self().at;
  if (q.timeout <= 0s) q.timeout = query_patience();
  q.flags |= talk::query_wants_ack;
  const std::string name = q.name;
  const bool for_us = talk::meant(q.filters, engine_->self().name, own_tags());
  talk::query own = q;
  MW_TRY(const std::uint32_t id, talk_.ask(std::move(q), host_.now()));
  asked_[id] = std::move(done);
  // We hear our own questions, too: nobody sends them back to us.
  if (for_us) {
    own.id = id;
    own.time = talk_.query_time() - 1;
    own.source = engine_->self().name;
    talk_.receive(talk::encode(own), own_tags(), host_.now());
  }
  flush();
  return {};
}

void agent::take_ended(talk::ended_query q) {
  const auto at = asked_.find(q.id);
  if (at == asked_.end()) return;
  const function<void(query_result)> done = std::move(at->second);
  asked_.erase(at);
  done({std::move(q.acks), std::move(q.responses)});
}

void agent::keys(std::string_view action, const std::string& key,
                 function<void(query_result)> done) {
  talk::query q;
  q.name = std::string(internal) + std::string(action) + (action == "list" ? "-keys" : "-key");
  q.payload = action == "list" ? std::string() : talk::encode_key_request(key);
  (void)ask(std::move(q), std::move(done));
}

status agent::fire(const std::string& name, const std::string& payload, bool coalesce) {
  MW_CHECK(talk_.fire(name, payload, coalesce));
  flush();
  return {};
}

status agent::remove(const std::string& name, bool prune) {
  const member* const m = engine_->members().find(name);
  if (m == nullptr) return {errc::not_found, "no member has the name " + name};
  if (m->living())
    return {errc::denied, name + " is alive; make it leave by itself: mw leave on that node"};
  talk_.announce_leave_of(name, prune);
  (void)engine_->force_leave(name, prune, host_.now());
  flush();
  return {};
}

// The members are asked which of the two they see; the minority gives the name up.
void agent::vote_on_our_name() {
  if (std::exchange(voting_, true)) return;
  talk::query q;
  q.name = std::string(query_conflict);
  q.payload = engine_->self().name;
  const auto judge = [this](const query_result& votes) {
    voting_ = false;
    std::size_t for_us = 0;
    for (const auto& [who, payload] : votes.responses)
      if (const auto view = talk::decode_conflict(payload))
        for_us += view->at == engine_->self().at ? 1 : 0;
    const std::size_t majority = votes.responses.size() / 2 + 1;
    if (votes.responses.empty() || for_us >= majority) return;
    host_.log().error("another node has our name, and most members see it and not us",
                      {{"name", engine_->self().name},
                       {"for_us", for_us},
                       {"votes", votes.responses.size()},
                       {"remedy", "give this node an id of its own"}});
    host_.status().failed("the name " + engine_->self().name +
                          " belongs to another node: give this one an id of its own");
  };
  if (!ask(std::move(q), judge)) voting_ = false;
}

}  // namespace mw::swim
