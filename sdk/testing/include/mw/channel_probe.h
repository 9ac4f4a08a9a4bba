// channel_probe: the user of a channel in tests: remembers what it is told, answers on demand.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

class channel_probe final : public channel_events {
 public:
  struct heard {
    std::string from;
    link_ref on;
    message_head head;
    std::string body;
    bool shared = false;
  };
  struct placed {
    message_head head;
    std::optional<link_ref> where;
    std::optional<errc> failed;
  };
  struct closed {
    link_ref link;
    errc why;
  };

  explicit channel_probe(channel& to) : out(to) {}

  // The peer of this id, as last told.
  [[nodiscard]] const peer_view* peer(std::string_view id) const {
    for (auto p = views.rbegin(); p != views.rend(); ++p)
      if (p->id == id) return &*p;
    return nullptr;
  }
  [[nodiscard]] bool up(std::string_view id) const {
    const peer_view* const p = peer(id);
    return p != nullptr && p->state == peer_state::up;
  }
  [[nodiscard]] std::size_t count(message_kind kind) const {
    return static_cast<std::size_t>(std::count_if(
        messages.begin(), messages.end(), [kind](const heard& m) { return m.head.kind == kind; }));
  }

  result<link_ref> send(std::string_view to, const message_head& head, std::string_view text,
                        link_ref on = {}) {
    const peer_view* const p = peer(to);
    REQUIRE_MESSAGE(p != nullptr, "no peer ", std::string(to));
    message_out body(std::size_t{1} << 30);
    body.append(as_bytes(text));
    return out.send(p->ref, head, body, on);
  }
  status reply(link_ref on, const message_head& head, std::string_view text) {
    message_out body(std::size_t{1} << 30);
    body.append(as_bytes(text));
    return out.reply(on, head, body);
  }

  channel& out;
  std::vector<heard> messages;
  std::vector<peer_view> views;  // each on_peer()
  std::vector<closed> links_closed;
  std::vector<placed> placements;
  int rooms = 0;
  bool hold_items = false;
  std::function<void(const arrival&)> each_message;
  std::function<void()> each_room;

 private:
  void on_message(const arrival& m) override {
    messages.push_back(
        {m.from.id, m.on, m.head, std::string(as_text(m.body.bytes)), m.body.owner != nullptr});
    m.hold = hold_items;
    if (each_message) each_message(m);
  }
  void on_peer(const peer_view& p) override { views.push_back(p); }
  void on_link_closed(peer_ref, link_ref link, const failure& why) override {
    links_closed.push_back({link, why.kind()});
  }
  void on_placed(const message_head& head, result<link_ref> where) override {
    placed one{head, {}, {}};
    if (where)
      one.where = *where;
    else
      one.failed = where.error().kind();
    placements.push_back(one);
  }
  void on_room(peer_ref) override {
    ++rooms;
    if (each_room) each_room();
  }
};

}  // namespace mw
