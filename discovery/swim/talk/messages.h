// messages: what serf's nodes tell each other inside memberlist's user messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim::talk {

using lamport = std::uint64_t;
using tag_map = std::map<std::string, std::string>;

enum class kind : std::uint8_t {
  leave = 0,
  join = 1,
  state = 2,
  event = 3,
  query = 4,
  response = 5,
  conflict = 6,
  key_request = 7,
  key_response = 8,
  relay = 9,
};

// A node is about to leave, or has joined.
struct intent {
  kind what = kind::join;  // or leave
  lamport time = 0;
  std::string node;
  bool prune = false;
};

struct user_event {
  lamport time = 0;
  std::string name;
  std::string payload;
  bool coalesce = true;
};

inline constexpr std::uint32_t query_wants_ack = 1;
inline constexpr std::uint32_t response_is_ack = 1;

struct query {
  lamport time = 0;
  std::uint32_t id = 0;
  endpoint reply_to;
  std::string source;
  std::vector<std::string> filters;  // see filter.h
  std::uint32_t flags = 0;
  std::uint8_t relays = 0;
  duration timeout{};
  std::string name;
  std::string payload;
};

struct response {
  lamport time = 0;
  std::uint32_t id = 0;
  std::string from;
  std::uint32_t flags = 0;
  std::string payload;
};

// Goes along when two nodes compare all they know.
struct state {
  lamport time = 0, event_time = 0, query_time = 0;
  std::map<std::string, lamport> status_times;
  std::vector<std::string> left;
  std::vector<user_event> events;
};

struct conflict_view {
  std::string name;
  endpoint at;
  tag_map tags;
  int status = 1;  // 1 alive, 2 leaving, 3 left, 4 failed
};

struct key_answer {
  bool fine = true;
  std::string text;
  std::vector<std::string> keys;  // raw bytes
  std::string primary;
};

struct relayed {
  endpoint to;
  std::string name;
  std::string bytes;
};

[[nodiscard]] std::string encode(const intent& m);
[[nodiscard]] std::string encode(const user_event& m);
[[nodiscard]] std::string encode(const query& m);
[[nodiscard]] std::string encode(const response& m);
[[nodiscard]] std::string encode(const state& m);
[[nodiscard]] std::string encode(const conflict_view& m);
[[nodiscard]] std::string encode_key_request(std::string_view key);
[[nodiscard]] std::string encode(const key_answer& m);
[[nodiscard]] std::string encode(const relayed& m);

// All with the byte of their kind in front; nothing when broken or too large.
[[nodiscard]] std::optional<intent> decode_intent(std::string_view bytes);
[[nodiscard]] std::optional<user_event> decode_event(std::string_view bytes);
[[nodiscard]] std::optional<query> decode_query(std::string_view bytes);
[[nodiscard]] std::optional<response> decode_response(std::string_view bytes);
[[nodiscard]] std::optional<state> decode_state(std::string_view bytes);
[[nodiscard]] std::optional<conflict_view> decode_conflict(std::string_view bytes);
[[nodiscard]] std::optional<std::string> decode_key_request(std::string_view bytes);
[[nodiscard]] std::optional<key_answer> decode_key_answer(std::string_view bytes);
[[nodiscard]] std::optional<relayed> decode_relay(std::string_view bytes);

// The tags of a member, as they stand in its metadata. A text without the mark is an old role.
[[nodiscard]] std::string encode_tags(const tag_map& tags);
[[nodiscard]] tag_map decode_tags(std::string_view meta);

}  // namespace mw::swim::talk
