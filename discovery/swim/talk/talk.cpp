// talk: each message is looked up in a ring by its time: new ones are delivered and spread on.
// SPDX-License-Identifier: Apache-2.0
#include "talk/talk.h"

#include "talk/fields.h"
#include "talk/filter.h"

#include <algorithm>

namespace mw::swim::talk {

namespace {
constexpr std::size_t same_time_max = 64;  // events of one moment that are remembered
}  // namespace

void talk::receive(const std::string& bytes, const tag_map& tags, time_point now) {
  if (bytes.empty()) return;
  switch (static_cast<kind>(bytes.front())) {
    case kind::join:
    case kind::leave:
      if (const auto m = decode_intent(bytes)) {
        if (take_intent(*m, now)) out_.spread.push_back(bytes);
        return;
      }
      break;
    case kind::event:
      if (const auto m = decode_event(bytes)) {
        if (take_event(*m)) out_.spread.push_back(bytes);
        return;
      }
      break;
    case kind::query:
      if (const auto m = decode_query(bytes)) {
        if (take_query(*m, tags)) out_.spread.push_back(bytes);
        return;
      }
      break;
    case kind::response:
      if (const auto m = decode_response(bytes)) return take_response(*m);
      break;
    case kind::relay:
      if (const auto m = decode_relay(bytes)) {
        out_.packets.push_back({m->to, m->bytes});
        return;
      }
      break;
    default:
      break;
  }
  ++counts_.malformed;
}

// Spread on only when our own record advanced: two nodes that disagree for ever must not keep a
// message alive for ever.
bool talk::take_intent(const intent& m, time_point now) {
  const auto at = status_.find(m.node);
  if (m.time >= clock::lamport_max ||
      (at == status_.end() && status_.size() >= limits_.intents_max + known_members_max)) {
    ++counts_.refused;
    return false;
  }
  members_clock_.witness(m.time);
  status_record& record = status_[m.node];
  if (m.time <= record.time) return false;
  record.time = m.time;
  if (!record.known) record.since = now;
  const bool leaves = m.what == kind::leave;
  if (leaves && m.node == self_) {  // somebody says that we leave: we are here
    announce_join();
    return false;
  }
  if (leaves && !record.leaving && record.up) out_.leaving.push_back(m.node);
  if (leaves && record.known && !record.up && !record.left) {
    record.left = true;
    out_.left.emplace_back(m.node, m.prune);
  }
  record.leaving = leaves;
  return true;
}

bool talk::take_event(const user_event& m) {
  if (m.time >= clock::lamport_max) {
    ++counts_.refused;
    return false;
  }
  events_clock_.witness(m.time);
  const bool old = m.time < events_from_ ||
                   (events_clock_.now > ring_size && m.time < events_clock_.now - ring_size);
  if (old) {
    ++counts_.old;
    return false;
  }
  seen_events& seen = events_[m.time % ring_size];
  const std::pair key(m.name, m.payload);
  if (seen.time == m.time) {
    const bool known = std::find(seen.what.begin(), seen.what.end(), key) != seen.what.end();
    if (known || seen.what.size() >= same_time_max) {
      ++counts_.duplicates;
      return false;
    }
  } else {
    seen = {m.time, {}};
  }
  seen.what.push_back(key);
  ++counts_.events;
  out_.events.push_back(m);
  return true;
}

bool talk::take_query(const query& m, const tag_map& tags) {
  if (m.time >= clock::lamport_max) {
    ++counts_.refused;
    return false;
  }
  queries_clock_.witness(m.time);
  const bool old = m.time < queries_from_ ||
                   (queries_clock_.now > ring_size && m.time < queries_clock_.now - ring_size);
  if (old) {
    ++counts_.old;
    return false;
  }
  seen_queries& seen = queries_[m.time % ring_size];
  if (seen.time == m.time) {
    const bool known = std::find(seen.ids.begin(), seen.ids.end(), m.id) != seen.ids.end();
    if (known || seen.ids.size() >= same_time_max) {
      ++counts_.duplicates;
      return false;
    }
  } else {
    seen = {m.time, {}};
  }
  seen.ids.push_back(m.id);
  constexpr std::uint32_t no_broadcast = 2;
  const bool spread_on = (m.flags & no_broadcast) == 0;
  if (!meant(m.filters, self_, tags)) return spread_on;
  ++counts_.queries;
  if ((m.flags & query_wants_ack) != 0) send_ack(m);
  out_.queries.push_back(m);
  return spread_on;
}

void talk::send_ack(const query& q) {
  out_.packets.push_back({q.reply_to, encode(response{q.time, q.id, self_, response_is_ack, {}})});
}

void talk::take_response(const response& m) {
  const auto at = std::find_if(open_.begin(), open_.end(), [&](const open_query& q) {
    return q.so_far.id == m.id && q.time == m.time;
  });
  if (at == open_.end()) return;
  ended_query& so_far = at->so_far;
  if (so_far.acks.size() + so_far.responses.size() >= limits_.responses_max) {
    ++counts_.refused;
    return;
  }
  // Relays bring the same answer several times.
  if ((m.flags & response_is_ack) != 0) {
    if (std::find(so_far.acks.begin(), so_far.acks.end(), m.from) == so_far.acks.end())
      so_far.acks.push_back(m.from);
    return;
  }
  const bool known = std::any_of(so_far.responses.begin(), so_far.responses.end(),
                                 [&](const auto& one) { return one.first == m.from; });
  if (!known) so_far.responses.emplace_back(m.from, m.payload);
}

status talk::fire(const std::string& name, const std::string& payload, bool coalesce) {
  if (name.empty() || name.size() + payload.size() > limits_.event_bytes)
    return {errc::invalid, "an event has a name, and name and payload have at most " +
                               std::to_string(limits_.event_bytes) + " bytes together, not " +
                               std::to_string(name.size() + payload.size())};
  const user_event e{events_clock_.next(), name, payload, coalesce};
  if (take_event(e)) out_.spread.push_back(encode(e));
  return {};
}

result<std::uint32_t> talk::ask(query q, time_point now) {
  if (open_.size() >= limits_.queries_max)
    return {errc::overloaded, std::to_string(limits_.queries_max) +
                                  " queries are under way, which is the limit; try again later"};
  q.time = queries_clock_.next();
  q.id = static_cast<std::uint32_t>(random_.next());
  q.source = self_;
  std::string bytes = encode(q);
  if (bytes.size() > limits_.query_bytes)
    return {errc::invalid, "a query has at most " + std::to_string(limits_.query_bytes) +
                               " bytes, not " + std::to_string(bytes.size()) +
                               "; shorten its payload or its filters"};
  open_.push_back({{q.id, q.name, {}, {}}, q.time, now + q.timeout});
  out_.spread.push_back(std::move(bytes));
  return q.id;
}

status talk::respond(const query& to, std::string payload) {
  std::string bytes = encode(response{to.time, to.id, self_, 0, std::move(payload)});
  if (bytes.size() > limits_.response_bytes)
    return {errc::invalid, "an answer has at most " + std::to_string(limits_.response_bytes) +
                               " bytes, not " + std::to_string(bytes.size())};
  out_.packets.push_back({to.reply_to, std::move(bytes)});
  return {};
}

void talk::tick(time_point now) {
  for (open_query& q : open_)
    if (now >= q.end) out_.ended.push_back(std::move(q.so_far));
  std::erase_if(open_, [now](const open_query& q) { return now >= q.end; });
  if (status_.size() > limits_.intents_max)
    std::erase_if(status_, [&](const auto& one) {
      return !one.second.known && !one.second.left && now - one.second.since > limits_.intent_kept;
    });
}

time_point talk::next_due() const {
  time_point due{duration::max()};
  for (const open_query& q : open_) due = std::min(due, q.end);
  return due;
}

void talk::member_up(const std::string& name) {
  status_record& record = status_[name];
  if (record.known) record.leaving = false;  // it is back; else an intent came before it
  record.known = record.up = true;
  record.left = false;
}

void talk::member_gone(const std::string& name) {
  const auto at = status_.find(name);
  if (at == status_.end()) return;
  at->second.up = false;
  at->second.left = at->second.leaving;
}

bool talk::is_leaving(const std::string& name) const {
  const auto at = status_.find(name);
  return at != status_.end() && at->second.leaving;
}

void talk::announce_join() {
  const intent m{kind::join, members_clock_.next(), self_, false};
  status_[self_].time = m.time;
  status_[self_].known = status_[self_].up = true;
  out_.spread.push_back(encode(m));
}

void talk::leave() {
  const intent m{kind::leave, members_clock_.next(), self_, false};
  status_[self_].time = m.time;
  out_.spread.push_back(encode(m));
}

void talk::announce_leave_of(const std::string& name, bool prune) {
  const intent m{kind::leave, members_clock_.next(), name, prune};
  status_record& record = status_[name];
  record.time = m.time;
  record.leaving = record.left = true;
  out_.spread.push_back(encode(m));
}

std::string talk::local_state() const {
  state s{members_clock_.now, events_clock_.now, queries_clock_.now, {}, {}, {}};
  for (const auto& [name, record] : status_) {
    if (!record.known) continue;
    s.status_times[name] = record.time;
    if (record.left) s.left.push_back(name);
  }
  for (const seen_events& one : events_)
    for (const auto& [name, payload] : one.what)
      s.events.push_back({one.time, name, payload, false});
  return encode(s);
}

std::string talk::brief_state(std::size_t event_bytes) const {
  state s{members_clock_.now, events_clock_.now, queries_clock_.now, {}, {}, {}};
  for (lamport back = 1; back < ring_size && back < events_clock_.now; ++back) {
    const lamport time = events_clock_.now - back;
    const seen_events& seen = events_[time % ring_size];
    if (seen.time != time) continue;
    for (const auto& [name, payload] : seen.what) {
      const std::size_t cost = name.size() + payload.size() + 44;
      if (cost > event_bytes) return encode(s);
      event_bytes -= cost;
      s.events.push_back({time, name, payload, false});
    }
  }
  return encode(s);
}

void talk::merge_state(std::string_view bytes, bool join) {
  const auto s = decode_state(bytes);
  if (!s) {
    if (!bytes.empty()) ++counts_.malformed;
    return;
  }
  if (s->time > 0) members_clock_.witness(s->time - 1);
  if (s->event_time > 0) events_clock_.witness(s->event_time - 1);
  if (s->query_time > 0) queries_clock_.witness(s->query_time - 1);
  // Who joins wants to hear what happens from now on.
  if (join) {
    events_from_ = std::max(events_from_, events_clock_.now);
    queries_from_ = std::max(queries_from_, queries_clock_.now);
  }
  for (const std::string& name : s->left) {
    const auto time = s->status_times.find(name);
    if (time == s->status_times.end() || name == self_) continue;
    (void)take_intent({kind::leave, time->second + 1, name, false}, {});
  }
  for (const auto& [name, time] : s->status_times) {
    const bool left = std::find(s->left.begin(), s->left.end(), name) != s->left.end();
    if (left) continue;
    (void)take_intent({kind::join, time, name, false}, {});
  }
  if (join) return;
  for (const user_event& e : s->events) (void)take_event(e);
}

void talk::restore(lamport member_time, lamport event_time, lamport query_time) {
  members_clock_.witness(member_time);
  events_clock_.witness(event_time);
  queries_clock_.witness(query_time);
  events_from_ = events_clock_.now;
  queries_from_ = queries_clock_.now;
}

}  // namespace mw::swim::talk
