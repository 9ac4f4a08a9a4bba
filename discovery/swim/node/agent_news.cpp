// agent_news: what happened to members, told to the bus, the log and the feed.
// SPDX-License-Identifier: Apache-2.0
#include "node/agent.h"

namespace mw::swim {

namespace {

constexpr std::size_t history_max = 1'024;

std::string tag_of(const std::string& meta, std::string_view name) {
  const talk::tag_map tags = talk::decode_tags(meta);
  const auto at = tags.find(std::string(name));
  return at == tags.end() ? std::string() : at->second;
}

// The transport's endpoint of a member, when it tells one that can be dialled.
std::string mesh_address(const std::string& meta) {
  const std::string text = tag_of(meta, tag_address);
  const auto at = parse_endpoint(text);
  return at && !at->local ? to_string(*at) : std::string();
}

}  // namespace

void agent::line(std::string kind, const std::string& node, std::string text, std::string payload) {
  if (history_.size() >= history_max)
    history_.erase(history_.begin(), history_.begin() + history_max / 4);
  history_.push_back(
      {next_line_++, host_.wall_now(), std::move(kind), node, std::move(text), std::move(payload)});
  if (on_line) on_line(history_.back());
}

void agent::publish_found(const member_news& news) {
  peer_found now{news.name, mesh_address(news.meta), tag_of(news.meta, tag_zone),
                 std::string(host_.name())};
  const auto before = listed_.find(news.name);
  if (now.address.empty()) return publish_lost(news.name);
  if (before != listed_.end() && before->second.address == now.address &&
      before->second.zone == now.zone)
    return;
  if (before != listed_.end() && before->second.address != now.address) publish_lost(news.name);
  found_.publish(now);
  listed_[news.name] = std::move(now);
}

void agent::publish_lost(const std::string& name) {
  const auto at = listed_.find(name);
  if (at == listed_.end()) return;
  lost_.publish({.id = name, .address = at->second.address, .source = at->second.source});
  listed_.erase(at);
}

void agent::tell_up(const member_news& news, bool is_new) {
  const std::string mesh = mesh_address(news.meta);
  const std::string address = mesh.empty() ? to_string(news.at) : mesh;
  publish_found(news);
  up_.publish({.id = news.name,
               .address = address,
               .zone = tag_of(news.meta, tag_zone),
               .incarnation = news.incarnation});
  if (is_new) {
    talk_.member_up(news.name);
    host_.log().info("a member is up", {{"member", news.name}, {"at", address}});
  }
  line("up", news.name, address);
}

void agent::tell_gone(const member_news& news) {
  const std::string mesh = mesh_address(news.meta);
  const std::string address = mesh.empty() ? to_string(news.at) : mesh;
  const bool left = news.what == news_kind::left || talk_.is_leaving(news.name);
  talk_.member_gone(news.name);
  publish_lost(news.name);
  if (left) {
    if (news.what != news_kind::left) (void)engine_->force_leave(news.name, false, host_.now());
    gone_.publish({.id = news.name});
  } else {
    down_.publish({.id = news.name, .address = address, .reason = news.reason});
  }
  host_.log().info("a member is gone", {{"member", news.name},
                                        {"how", left ? "left" : "failed"},
                                        {"at", address},
                                        {"why", news.reason}});
  line(left ? "left" : "down", news.name, news.reason);
}

void agent::tell_conflict(const member_news& news) {
  const bool ours = news.name == engine_->self().name;
  host_.log().warn("two nodes claim one name", {{"name", news.name},
                                                {"other", to_string(news.at)},
                                                {"why", news.reason},
                                                {"remedy", "give each node an id of its own"}});
  line("conflict", news.name, news.reason + ", claimed at " + to_string(news.at));
  if (ours) vote_on_our_name();
}

void agent::tell(const member_news& news) {
  switch (news.what) {
    case news_kind::joined:
      tell_up(news, true);
      break;
    case news_kind::cleared:
      tell_up(news, false);
      break;
    case news_kind::changed:
      publish_found(news);
      changed_.publish({.id = news.name,
                        .address = mesh_address(news.meta),
                        .zone = tag_of(news.meta, tag_zone)});
      line("changed", news.name, to_string(news.at));
      break;
    case news_kind::suspect:
      suspect_.publish({.id = news.name, .level = 1, .reason = news.reason});
      line("suspect", news.name, news.reason);
      break;
    case news_kind::failed:
    case news_kind::left:
      tell_gone(news);
      break;
    case news_kind::forgotten:
      talk_.forget(news.name);
      publish_lost(news.name);
      line("forgotten", news.name, "it was away for too long, or an operator said so");
      break;
    case news_kind::conflict:
      tell_conflict(news);
      break;
  }
  save_soon();
}

}  // namespace mw::swim
