// messages_state: whole states, conflicts, keys and tags.
// SPDX-License-Identifier: Apache-2.0
#include "talk/fields.h"
#include "talk/messages.h"
#include "wire/bytes.h"
#include "wire/keyring.h"
#include "wire/pack.h"

#include <algorithm>

namespace mw::swim::talk {

namespace {

constexpr std::size_t events_max = 1'024;
constexpr std::size_t tags_max = 128;
constexpr std::size_t keys_max = 64;
constexpr char tag_mark = '\xff';

void pack_tags(packer& p, const tag_map& tags) {
  p.map(tags.size());
  for (const auto& [key, value] : tags) p.raw(key).raw(value);
}

void read_tags(unpacker& in, tag_map& tags) {
  const std::size_t count = in.map();
  if (count > tags_max) return in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::string key(in.raw());
    tags[key] = std::string(in.raw());
  }
}

void read_times(unpacker& in, state& m) {
  const std::size_t count = in.map();
  if (count > known_members_max) return in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) {
    const std::string_view node = in.raw();
    const lamport time = in.number();
    if (!in.failed() && node.size() <= node_name_max) m.status_times[std::string(node)] = time;
  }
}

void read_left(unpacker& in, state& m) {
  const std::size_t count = in.array();
  if (count > known_members_max) return in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) m.left.emplace_back(in.raw());
}

// Those of one moment share a time.
void read_moment(unpacker& in, state& m) {
  const std::size_t first = m.events.size();
  lamport time = 0;
  each_field(in, [&](std::string_view name) {
    if (name == "LTime") return time = in.number(), true;
    if (name != "Events") return false;
    const std::size_t count = in.array();
    for (std::size_t i = 0; i < count && !in.failed(); ++i) {
      user_event e;
      each_field(in, [&](std::string_view inner) {
        if (inner == "Name") return e.name = in.raw(), true;
        if (inner == "Payload") return e.payload = in.raw(), true;
        return false;
      });
      if (m.events.size() < events_max) m.events.push_back(std::move(e));
    }
    return true;
  });
  for (std::size_t i = first; i < m.events.size(); ++i) m.events[i].time = time;
}

void read_events(unpacker& in, state& m) {
  const std::size_t count = in.array();
  if (count > events_max) return in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    if (!in.nil()) read_moment(in, m);
}

void pack_events(packer& p, const state& m) {
  std::map<lamport, std::vector<const user_event*>> by_time;
  for (const user_event& e : m.events) by_time[e.time].push_back(&e);
  p.array(by_time.size());
  for (const auto& [time, events] : by_time) {
    p.map(2).raw("Events").array(events.size());
    for (const user_event* e : events)
      p.map(2).raw("Name").raw(e->name).raw("Payload").raw(e->payload);
    p.raw("LTime").number(time);
  }
}

}  // namespace

std::string encode(const state& m) {
  std::string out = begin(kind::state);
  packer p(out);
  p.map(6).raw("EventLTime").number(m.event_time).raw("Events");
  pack_events(p, m);
  p.raw("LTime").number(m.time).raw("LeftMembers").array(m.left.size());
  for (const std::string& one : m.left) p.raw(one);
  p.raw("QueryLTime").number(m.query_time).raw("StatusLTimes").map(m.status_times.size());
  for (const auto& [node, time] : m.status_times) p.raw(node).number(time);
  return out;
}

std::optional<state> decode_state(std::string_view bytes) {
  state m;
  unpacker in(body(bytes, kind::state));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "LTime") return m.time = in.number(), true;
    if (name == "EventLTime") return m.event_time = in.number(), true;
    if (name == "QueryLTime") return m.query_time = in.number(), true;
    if (name == "StatusLTimes") return read_times(in, m), true;
    if (name == "LeftMembers") return read_left(in, m), true;
    if (name == "Events") return read_events(in, m), true;
    return false;
  });
  if (!fine) return std::nullopt;
  return m;
}

std::string encode(const conflict_view& m) {
  std::string out = begin(kind::conflict);
  packer p(out);
  p.map(11).raw("Addr").raw(ip_bytes(m.at.host)).raw("DelegateCur").number(5);
  p.raw("DelegateMax").number(5).raw("DelegateMin").number(2).raw("Name").raw(m.name);
  p.raw("Port").number(m.at.port).raw("ProtocolCur").number(2).raw("ProtocolMax").number(5);
  p.raw("ProtocolMin").number(1).raw("Status").integer(m.status).raw("Tags");
  pack_tags(p, m.tags);
  return out;
}

std::optional<conflict_view> decode_conflict(std::string_view bytes) {
  conflict_view m;
  std::string_view address;
  std::uint64_t port = 0;
  unpacker in(body(bytes, kind::conflict));
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "Name") return m.name = in.raw(), true;
    if (name == "Addr") return address = in.raw(), true;
    if (name == "Port") return port = in.number(), true;
    if (name == "Status") return m.status = static_cast<int>(in.integer()), true;
    if (name == "Tags") return read_tags(in, m.tags), true;
    return false;
  });
  if (!fine || port > 0xffff) return std::nullopt;
  m.at = {ip_text(address), static_cast<std::uint16_t>(port), false};
  return m;
}

std::string encode_key_request(std::string_view key) {
  std::string out = begin(kind::key_request);
  packer p(out);
  p.map(1).raw("Key");
  if (key.empty())
    p.nil();
  else
    p.raw(key);
  return out;
}

std::optional<std::string> decode_key_request(std::string_view bytes) {
  std::string key;
  unpacker in(body(bytes, kind::key_request));
  if (!each_field(in, [&](std::string_view name) {
        if (name == "Key") return key = in.raw(), true;
        return false;
      }))
    return std::nullopt;
  return key;
}

std::string encode(const key_answer& m) {
  std::string out = begin(kind::key_response);
  packer p(out);
  p.map(4).raw("Keys").array(m.keys.size());
  for (const std::string& one : m.keys) p.raw(base64(one));
  p.raw("Message").raw(m.text).raw("PrimaryKey").raw(m.primary.empty() ? "" : base64(m.primary));
  p.raw("Result").boolean(m.fine);
  return out;
}

std::optional<key_answer> decode_key_answer(std::string_view bytes) {
  key_answer m;
  unpacker in(body(bytes, kind::key_response));
  const auto read_key = [&in] { return from_base64(in.raw()).value_or(std::string()); };
  const bool fine = each_field(in, [&](std::string_view name) {
    if (name == "Result") return m.fine = in.boolean(), true;
    if (name == "Message") return m.text = in.raw(), true;
    if (name == "PrimaryKey") return m.primary = read_key(), true;
    if (name != "Keys") return false;
    const std::size_t count = in.array();
    if (count > keys_max) in.fail();
    for (std::size_t i = 0; i < count && !in.failed(); ++i) m.keys.push_back(read_key());
    return true;
  });
  if (!fine) return std::nullopt;
  return m;
}

std::string encode_tags(const tag_map& tags) {
  std::string out(1, tag_mark);
  packer p(out);
  pack_tags(p, tags);
  return out;
}

tag_map decode_tags(std::string_view meta) {
  tag_map tags;
  if (meta.empty()) return tags;
  if (meta.front() != tag_mark) {
    tags["role"] = std::string(meta);
    return tags;
  }
  unpacker in(meta.substr(1));
  read_tags(in, tags);
  if (in.failed()) tags.clear();
  return tags;
}

}  // namespace mw::swim::talk
