// pages: JSON of the ledger, and two actions.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <utility>

namespace mw::firewall {
namespace {

constexpr duration ban_default = 1h;
constexpr duration ban_max = 24h * 30;
constexpr std::size_t listed_bans_max = 200;

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

void write_account(json_writer& json, const account& one) {
  json.key("memory").value(one.memory).key("memory_max").value(one.limits->memory);
  json.key("connections").value(one.connections);
  json.key("connections_max").value(one.limits->connections);
  json.key("streams").value(one.streams).key("streams_max").value(one.limits->streams);
}

void write_refusals(json_writer& json, const ledger& book) {
  json.key("refused").begin_object();
  for (std::size_t i = 1; i < refusal_count; ++i) {
    const auto why = static_cast<refusal>(i);
    if (book.refusals(why) > 0) json.key(to_string(why)).value(book.refusals(why));
  }
  json.end_object();
}

void write_bans(json_writer& json, const ledger& book, time_point now) {
  json.key("bans").begin_array();
  std::size_t listed = 0;
  for (const auto& [at, one] : book.bans().all()) {
    if (one.until <= now) continue;
    if (listed++ == listed_bans_max) break;
    json.begin_object().key("network").value(to_string(at)).key("why").value(to_string(one.why));
    json.key("seconds_left").value(seconds(one.until - now)).end_object();
  }
  json.end_array().key("bans_total").value(book.bans().all().size());
}

// Connections and memory of each address, those of most first.
struct usage {
  std::string who;
  std::uint64_t memory = 0;
  std::uint64_t connections = 0;
  std::uint64_t unproved = 0;
};

void write_consumers(json_writer& json, const ledger& book) {
  std::map<network, usage> by_address;
  for (const auto& [serial, one] : book.members()) {
    if (!one->from) continue;
    usage& mine = by_address[address_key(*one->from)];
    mine.memory += one->own.memory;
    ++mine.connections;
    if (one->unproved) ++mine.unproved;
  }
  std::vector<usage> all;
  for (auto& [at, one] : by_address) {
    one.who = to_string(at);
    all.push_back(std::move(one));
  }
  const std::size_t shown = std::min(all.size(), consumers_max);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                    [](const usage& a, const usage& b) {
                      return std::pair(a.memory, a.connections) >
                             std::pair(b.memory, b.connections);
                    });
  json.key("addresses").begin_array();
  for (std::size_t i = 0; i < shown; ++i)
    json.begin_object()
        .key("address")
        .value(all[i].who)
        .key("memory")
        .value(all[i].memory)
        .key("connections")
        .value(all[i].connections)
        .key("unproved")
        .value(all[i].unproved)
        .end_object();
  json.end_array().key("addresses_total").value(all.size());
}

void write_peers(json_writer& json, const ledger& book) {
  std::vector<std::pair<std::string_view, const peer_account*>> all;
  for (const auto& [name, one] : book.peers()) all.emplace_back(name, &one);
  const std::size_t shown = std::min(all.size(), consumers_max);
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), all.end(),
                    [](const auto& a, const auto& b) {
                      return std::pair(a.second->own.memory, a.second->own.streams) >
                             std::pair(b.second->own.memory, b.second->own.streams);
                    });
  json.key("peers").begin_array();
  for (std::size_t i = 0; i < shown; ++i) {
    json.begin_object().key("peer").value(all[i].first).key("proven").value(all[i].second->proven);
    write_account(json, all[i].second->own);
    json.end_object();
  }
  json.end_array().key("peers_total").value(all.size());
}

result<network> network_asked(const admin_request& asked) {
  const std::string_view text = asked.parameter("address");
  if (text.empty())
    return failure(errc::invalid, "say which: address=192.0.2.7 or address=10.0.0.0/8");
  return parse_network(text);
}

}  // namespace

std::string status_page(const guard& of, time_point now) {
  const ledger& book = of.book();
  json_writer json;
  json.begin_object().key("alert").value(of.alert().raised());
  json.key("networks_listed").value(book.lists().size());
  json.key("system").begin_object();
  write_account(json, book.whole());
  json.end_object().key("unproved").begin_object();
  write_account(json, book.unproved());
  json.end_object().key("listeners").begin_array();
  for (const auto& [name, one] : book.listeners()) {
    json.begin_object().key("name").value(name).key("refused").value(one.refused);
    write_account(json, one.own);
    json.end_object();
  }
  json.end_array();
  write_peers(json, book);
  write_consumers(json, book);
  write_bans(json, book, now);
  write_refusals(json, book);
  return json.end_object().take();
}

admin_response pardon_page(guard& of, const admin_request& asked) {
  const auto at = network_asked(asked);
  if (!at) return admin_failure(at.error());
  if (!of.pardon(*at, asked.caller))
    return admin_failure({errc::not_found, to_string(*at) + " is not banned: see /firewall"});
  return {.body = R"({"pardoned":")" + to_string(*at) + "\"}"};
}

admin_response ban_page(guard& of, const admin_request& asked) {
  const auto at = network_asked(asked);
  if (!at) return admin_failure(at.error());
  duration how_long = ban_default;
  if (const std::string_view text = asked.parameter("for"); !text.empty()) {
    const auto parsed = parse_duration(text);
    if (!parsed) return admin_failure(parsed.error().in("for"));
    how_long = *parsed;
  }
  if (how_long < 1s || how_long > ban_max)
    return admin_failure({errc::invalid, "for is 1s to 30d, not " + mw::to_string(how_long) +
                                             ": what shall stay longer belongs into `deny`"});
  const auto banned = of.ban_network(*at, how_long, asked.caller);
  if (!banned) return admin_failure(banned.error());
  return {.body =
              R"({"banned":")" + to_string(*at) + R"(","for":")" + mw::to_string(how_long) + "\"}"};
}

std::vector<std::unique_ptr<admin_offer>> offer_pages(host& on, guard& of) {
  std::vector<std::unique_ptr<admin_offer>> pages;
  const std::string prefix = on.name() == "firewall" ? "" : "/" + std::string(on.name());
  pages.push_back(on.admin().offer(
      {prefix + "/firewall", "Accounts, bans, refusals, and who takes most.", admin_kind::read},
      [&on, &of](const admin_request&, const admin_reply& reply) {
        reply({.body = status_page(of, on.now())});
      }));
  const auto action = [&](const char* path, const char* summary,
                          admin_response (*act)(guard&, const admin_request&)) {
    pages.push_back(
        on.admin().offer({prefix + path, summary, admin_kind::action},
                         [&of, act](const admin_request& asked, const admin_reply& reply) {
                           reply(act(of, asked));
                         }));
  };
  action("/firewall/pardon", "Lets the network `address` in again.", &pardon_page);
  action("/firewall/ban", "Keeps the network `address` out, `for` a time (default 1h).", &ban_page);
  return pages;
}

}  // namespace mw::firewall
