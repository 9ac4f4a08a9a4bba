// agent: the cores of one member and what ties them to its node: sockets, streams, timers, bus.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "claims/signed_notary.h"
#include "common/sources/waiters.h"
#include "core/engine.h"
#include "core/joiner.h"
#include "core/snapshot.h"
#include "metrics.h"
#include "node/parts.h"
#include "node/stream_link.h"
#include "options.h"
#include "talk/talk.h"
#include "wire/keyring.h"

#include <mw/authn.h>
#include <mw/credentials.h>
#include <mw/discovery.h>
#include <mw/events.h>
#include <mw/function.h>
#include <mw/host.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::swim {

// A line of the feed of events, and of what is remembered for those who ask later.
struct feed_line {
  std::uint64_t number = 0;
  wall_time at{};
  std::string kind;  // up, suspect, down, ..., event, query
  std::string node;
  std::string text;  // a reason, or the name of an event
  std::string payload;
};

using answers = std::vector<std::pair<std::string, std::string>>;
struct query_result {
  std::vector<std::string> acks;
  answers responses;
};

class agent final : private knowledge, private link_owner {
 public:
  agent(host& h, options opt);
  agent(const agent&) = delete;
  agent& operator=(const agent&) = delete;
  ~agent();

  status start();
  void drain(function<void()> done);

  // For discovery/1.
  [[nodiscard]] std::vector<peer_found> peers() const;
  void refresh(function<void(status)> done);
  void announce(const self_description& self);
  void withdraw();
  // From others on the bus.
  void found(const peer_found& event);
  void link_down_with(const std::string& node);

  // For people and tools.
  void leave(function<void()> done);
  status fire(const std::string& name, const std::string& payload, bool coalesce);
  status ask(talk::query q, function<void(query_result)> done);
  status remove(const std::string& name, bool prune);
  void keys(std::string_view action, const std::string& key, function<void(query_result)> done);
  status join(const endpoint& at);
  [[nodiscard]] const engine& core() const { return *engine_; }
  [[nodiscard]] const talk::talk& talker() const { return talk_; }
  [[nodiscard]] const keyring& ring() const { return keys_; }
  [[nodiscard]] const claims::signed_notary* signer() const { return notary_.get(); }
  [[nodiscard]] const options& opts() const { return opt_; }
  [[nodiscard]] talk::tag_map own_tags() const;
  [[nodiscard]] duration query_patience() const;
  [[nodiscard]] const std::vector<feed_line>& history() const { return history_; }
  function<void(const feed_line&)> on_line;  // set by the pages

 private:
  // agent.cpp
  status open_port();
  status open_at(endpoint& at, datagram_ptr& socket, listener_ptr& listener);
  status open_both();
  void make_engine(std::uint32_t incarnation);
  void wake();
  void arm();
  void flush();
  bool flush_engine();
  bool flush_talk();
  void send(const packet& p);
  void send_bytes(const endpoint& to, std::string_view bytes);
  void received(const datagram& d);
  [[nodiscard]] std::string own_meta() const;

  // agent_claims.cpp
  status open_claims();
  void credentials_changed();
  void tell_refusals();

  // agent_streams.cpp
  engine& live_core() override { return *engine_; }
  std::string user_state() override;
  void merge_user_state(std::string_view bytes, bool join) override;
  void user_message(const std::string& bytes) override;
  time_point now() const override { return host_.now(); }
  void open_stream(const stream_task& task);
  void accepted(stream_ptr stream);
  void link_ended(stream_link& who, stream_end how, drop why) override;
  void link_progressed() override;
  void link_moved(std::size_t sent, std::size_t received) override;
  void try_seeds();
  void try_seed(const endpoint& seed);

  // agent_news.cpp
  void tell(const member_news& news);
  void tell_up(const member_news& news, bool is_new);
  void tell_gone(const member_news& news);
  void publish_found(const member_news& news);
  void publish_lost(const std::string& name);
  void tell_conflict(const member_news& news);
  void line(std::string kind, const std::string& node, std::string text, std::string payload = {});

  // agent_queries.cpp
  void take(const talk::query& q);
  void take_key_query(const talk::query& q);
  void take_ended(talk::ended_query q);
  [[nodiscard]] talk::key_answer change_keys(std::string_view action, std::string_view key);
  void vote_on_our_name();

  // agent_files.cpp
  void load(function<void()> done);
  void load_keys(function<void()> done);
  void load_snapshot(function<void()> done);
  void read_whole(const file_path& path, function<void(result<std::string>)> done);
  void write_whole(const file_path& path, std::string text);
  void save_soon();
  void save();
  void save_last(function<void()> done);
  void save_keys();
  void remember(const snapshot& s);

  host& host_;
  options opt_;
  metrics metrics_;
  keyring keys_;
  std::unique_ptr<wire_parts> wire_;
  credentials* credentials_;  // both may be null
  authn* authn_;
  talk::talk talk_;
  joiner joiner_;
  std::unique_ptr<claims::signed_notary> notary_;  // null: this node signs nothing
  std::unique_ptr<engine> engine_;
  endpoint local_, also_local_;
  std::string announced_address_;
  std::string announced_zone_;
  std::map<std::string, peer_found> listed_;  // by node id, as last published
  std::map<std::uint32_t, function<void(query_result)>> asked_;
  std::vector<feed_line> history_;
  std::uint64_t next_line_ = 1;
  function<void()> left_;
  function<void()> saved_;
  time_point leave_by_{};
  bool leaving_intent_ = false;
  bool started_ = false;
  bool saving_ = false;
  bool dirty_ = false;
  bool voting_ = false;

  publisher<peer_found> found_;
  publisher<peer_lost> lost_;
  publisher<peer_up> up_;
  publisher<peer_suspect> suspect_;
  publisher<peer_down> down_;
  publisher<peer_leaving> leaving_;
  publisher<peer_left> gone_;
  publisher<peer_changed> changed_;
  sources::waiters refreshing_;

  std::unique_ptr<credential_watch> credentials_watch_;
  std::unique_ptr<authn_watch> identities_watch_;
  file_ptr reading_, writing_, key_writing_;
  std::vector<std::pair<endpoint, resolve_ptr>> resolving_;
  std::vector<std::unique_ptr<stream_link>> links_;
  std::vector<std::unique_ptr<stream_link>> ended_links_;  // until the end of the turn
  listener_ptr listener_, also_listener_;
  datagram_ptr socket_, also_socket_;
  timer due_, save_timer_, sweep_, refresh_timer_;
};

}  // namespace mw::swim
