// wire: several links on one network in virtual time, with loss, and what was said on it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/link.h"
#include "core/own_records.h"

#include <mw/assert.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mw::mdns::testing {

inline constexpr duration latency = 1ms;

class wire {
 public:
  explicit wire(std::uint64_t seed = 1) : dice(seed) {}

  // Host number i has 10.0.0.i.
  link& add(settings how = {}) {
    how.service = parse_service("_meshwright._tcp.local").value();
    const std::string host = "10.0.0." + std::to_string(links.size() + 1);
    links.push_back(std::make_unique<link>(how, lan::parse_interface(host + "/24").value(), dice));
    links.back()->start(now);
    collect(links.size() - 1);
    return *links.back();
  }
  void publish(std::size_t i, const std::string& id, const std::string& cluster = "demo") {
    facts what{id, cluster, "a", {.host = "0.0.0.0", .port = 7400}};
    MW_ASSERT(links[i]->publish(what, now), "0.0.0.0 may be told everywhere");
    collect(i);
  }
  void withdraw(std::size_t i) {
    MW_ASSERT(links[i]->publish(std::nullopt, now), "nothing may be told everywhere");
    collect(i);
  }
  // As if `from` had sent it.
  void send(const packet& what, const endpoint& from) {
    for (std::size_t to = 0; to < links.size(); ++to) deliver(to, what, from);
  }
  void run_for(duration how_long) {
    const time_point end = now + how_long;
    for (;;) {
      time_point next = flying.empty() ? never : flying.front().at;
      for (const auto& one : links) next = std::min(next, one->next_due());
      if (next > end) break;
      now = std::max(now, next);
      std::vector<flight> arriving;
      for (const flight& one : flying)
        if (one.at <= now) arriving.push_back(one);
      std::erase_if(flying, [this](const flight& one) { return one.at <= now; });
      for (const flight& one : arriving) deliver(one.to, one.what, one.from);
      for (std::size_t i = 0; i < links.size(); ++i)
        if (links[i]->next_due() <= now) {
          links[i]->tick(now);
          collect(i);
        }
      MW_ASSERT(++steps < 1'000'000, "every timer moves on");
    }
    now = end;
  }
  [[nodiscard]] std::vector<std::string> seen_by(std::size_t i) const {
    std::vector<std::string> out;
    for (const sighting& one : links[i]->sightings()) out.emplace_back(one.instance.first());
    std::sort(out.begin(), out.end());
    return out;
  }
  // Records that were sent to the group in answers, of this type.
  [[nodiscard]] int said(dns::type what) const {
    int count = 0;
    for (const dns::message& one : messages)
      for (const record& each : one.records) count += one.response && each.what == what ? 1 : 0;
    return count;
  }
  [[nodiscard]] int asked(dns::type what) const {
    int count = 0;
    for (const dns::message& one : messages)
      for (const auto& each : one.questions) count += !one.response && each.what == what ? 1 : 0;
    return count;
  }

  random_stream dice;
  time_point now{};
  double loss = 0;
  std::vector<std::unique_ptr<link>> links;
  std::vector<dns::message> messages;                    // to the group, in order
  std::vector<std::pair<endpoint, dns::message>> alone;  // to single askers

 private:
  struct flight {
    time_point at;
    std::size_t to;
    packet what;
    endpoint from;
  };

  void deliver(std::size_t to, const packet& what, const endpoint& from) {
    links[to]->received(as_bytes(what.bytes), from, now);
    collect(to);
  }
  void collect(std::size_t i) {
    for (packet& one : links[i]->take_packets()) {
      const auto said_now = dns::read_message(as_bytes(one.bytes), dns::dialect::multicast, {});
      MW_ASSERT(said_now.ok(), "what we send can be read");
      MW_ASSERT(one.bytes.size() <= packet_max, "what we send fits into a frame");
      const endpoint from{.host = links[i]->where().host(), .port = port};
      if (one.to) {
        alone.emplace_back(*one.to, *said_now);
        continue;
      }
      messages.push_back(*said_now);
      for (std::size_t to = 0; to < links.size(); ++to)  // our own come back, too
        if (!dice.chance(loss)) flying.push_back({now + latency, to, one, from});
    }
  }

  std::vector<flight> flying;
  int steps = 0;
};

}  // namespace mw::mdns::testing
