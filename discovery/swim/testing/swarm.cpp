// swarm: one queue of events, ordered by time and then by when they were made.
// SPDX-License-Identifier: Apache-2.0
#include "testing/swarm.h"

#include <algorithm>

namespace mw::swim::testing {

namespace {

endpoint address_of(std::size_t i, bool moved) {
  return {"10." + std::to_string(moved ? 1 : 0) + "." + std::to_string(i / 250) + "." +
              std::to_string(1 + i % 250),
          7946, false};
}

// As a real node has it: the kernel holds so many bytes of packets, and each costs more than its
// payload; a turn of the loop reads a batch, and between two turns the timers have their say.
constexpr std::size_t socket_buffer = 212'992;
constexpr std::size_t packet_cost = 640;
constexpr std::size_t batch = 16;
constexpr duration turn_takes = 300us;

}  // namespace

swarm::swarm(const swarm_options& o) : options_(o), random_(o.seed) {
  for (std::size_t i = 0; i < o.members; ++i) {
    nodes_.push_back(std::make_unique<member_node>());
    nodes_.back()->at = address_of(i, false);
    by_address_[nodes_.back()->at] = i;
    by_name_[name_of(i)] = i;
  }
}

void swarm::later(duration delay, function<void()> run) {
  events_.push_back({now_ + delay, ++order_, std::move(run)});
  std::push_heap(events_.begin(), events_.end());
}

void swarm::make(std::size_t who, std::uint32_t incarnation) {
  member_node& n = node(who);
  n.random = std::make_unique<random_stream>(random_.next());
  n.core.reset();
  if (options_.notaries) n.signer = options_.notaries(who);
  n.core = std::make_unique<engine>(options_.tuning, identity{name_of(who), n.at, "", incarnation},
                                    codec_, *n.random, n.signer.get());
  n.inbox.clear();
  n.inbox_bytes = 0;
  n.armed = {};
  n.up = true;
  n.core->start(now_);
  settle(who);
}

void swarm::start(std::size_t who) {
  make(who, 1);
  if (who != 0) join(who, 0);
}

void swarm::start_all() {
  for (std::size_t i = 0; i < size(); ++i) start(i);
}

void swarm::join(std::size_t who, std::size_t seed) {
  stream(who, {stream_task::kind::join, node(seed).at, {}, 0});
}

void swarm::restart(std::size_t who, bool moved) {
  if (moved) {
    by_address_.erase(node(who).at);
    node(who).at = address_of(who, true);
    by_address_[node(who).at] = who;
  }
  make(who, 1);
  std::size_t seed = random_.below(size());
  while (seed == who || !node(seed).up) seed = (seed + 1) % size();
  join(who, seed);
}

void swarm::leave(std::size_t who) {
  at(who).leave(now_);
  settle(who);
  later(3s, [this, who] { node(who).up = false; });
}

void swarm::stall(std::size_t who, duration how_long) {
  node(who).stalled_until = now_ + how_long;
  later(how_long, [this, who] { drain(who); });
}

void swarm::settle(std::size_t who) {
  member_node& n = node(who);
  outputs out = n.core->take_outputs();
  for (const packet& p : out.packets) send(who, p);
  for (const stream_task& task : out.streams) stream(who, task);
  for (const member_news& news : out.news) {
    if (news.what != news_kind::failed) continue;
    const std::size_t victim = by_name_.at(news.name);
    deaths_.push_back({who, victim, now(), node(victim).up && node(victim).at == news.at});
  }
  const time_point due = std::max(n.core->next_due(), now_);
  if (n.armed == due && due > now_) return;
  n.armed = due;
  const std::uint64_t timer = ++n.timer;
  const duration delay = due - now_;
  later(delay, [this, who, timer] { tick(who, timer); });
}

void swarm::tick(std::size_t who, std::uint64_t timer) {
  member_node& n = node(who);
  if (!n.up || timer != n.timer) return;
  n.armed = {};
  if (now_ < n.frozen_until) {
    // Timers fire before what waits in sockets is read, as a real loop has it.
    const std::uint64_t again = ++n.timer;
    later(n.frozen_until - now_, [this, who, again] {
      tick(who, again);
      drain(who);
    });
    return;
  }
  n.core->tick(now_);
  settle(who);
}

void swarm::drain(std::size_t who) {
  member_node& n = node(who);
  if (!n.up || now_ < n.frozen_until || now_ < n.stalled_until) return;
  for (std::size_t i = 0; i < batch && !n.inbox.empty(); ++i) {
    const waiting packet = std::move(n.inbox.front());
    n.inbox.pop_front();
    n.inbox_bytes -= packet.cost;
    for (const message& one : packet.parts) n.core->receive(one, packet.from, now_);
  }
  settle(who);
  if (!n.inbox.empty()) later(turn_takes, [this, who] { drain(who); });
}

void swarm::arrive(std::size_t to, waiting packet) {
  member_node& n = node(to);
  if (!n.up) return;
  if (n.inbox_bytes + packet.cost > socket_buffer) {
    ++overflows_;
    return;
  }
  const bool reading = !n.inbox.empty() && now_ >= n.frozen_until && now_ >= n.stalled_until;
  n.inbox_bytes += packet.cost;
  n.inbox.push_back(std::move(packet));
  if (!reading) drain(to);
}

void swarm::deliver(std::size_t to, const message& m, const endpoint& from) {
  arrive(to, {{m}, from, packet_cost});
}

void swarm::send(std::size_t from, const packet& p) {
  ++packets_;
  for (const std::string& part : p.parts) bytes_ += part.size() + 2;
  bytes_ += native::packet_overhead;
  const auto to = by_address_.find(p.to);
  if (to == by_address_.end() || !open(from, to->second) || random_.chance(options_.loss)) return;
  const endpoint source = node(from).at;
  const duration delay =
      options_.latency + duration(static_cast<std::int64_t>(random_.below(500'000)));
  later(delay, [this, source, target = to->second, parts = p.parts] {
    if (!node(target).up) return;
    waiting packet{{}, source, packet_cost};
    for (const std::string& part : parts) {
      packet.cost += part.size();
      if (auto m = native::decode(part)) packet.parts.push_back(std::move(*m));
    }
    arrive(target, std::move(packet));
  });
}

// As conversations have it: with each record the card that it needs.
void swarm::hand_cards(std::size_t from, std::size_t to, const std::vector<member_state>& records) {
  std::vector<std::string> cards;
  for (const member_state& one : records)
    if (one.claim.signed_by)
      if (const std::string* const known = at(from).card(one.claim.signed_by->card))
        cards.push_back(*known);
  if (!cards.empty()) at(to).take_cards(cards, now_);
}

void swarm::stream(std::size_t from, const stream_task& task) {
  const auto found = by_address_.find(task.to);
  const std::uint64_t life = reinterpret_cast<std::uint64_t>(node(from).core.get());
  const auto same_life = [this, from, life] {
    return node(from).up && reinterpret_cast<std::uint64_t>(node(from).core.get()) == life;
  };
  const auto fail = [this, from, task, same_life](bool refused) {
    if (!same_life()) return;
    at(from).stream_failed(task, refused, now_);
    settle(from);
  };
  if (found == by_address_.end())
    return later(options_.tuning.stream_timeout, [fail] { fail(false); });
  const std::size_t to = found->second;
  later(4 * options_.latency, [this, from, to, task, fail, same_life] {
    member_node& there = node(to);
    const bool reachable = open(from, to) && open(to, from);
    if (!there.up && reachable && options_.exits_refuse) return fail(true);
    const bool answers = there.up && now_ >= there.frozen_until && now_ >= there.stalled_until;
    if (!answers || !reachable)
      return later(options_.tuning.stream_timeout, [fail] { fail(false); });
    if (!same_life() || now_ < node(from).frozen_until || now_ < node(from).stalled_until) return;
    const bool exchange =
        task.what == stream_task::kind::sync || task.what == stream_task::kind::join;
    if (exchange) {
      const auto ours = at(from).state();
      hand_cards(from, to, ours);
      hand_cards(to, from, at(to).state());
      at(from).merge(at(to).state(), endpoint{}, now_);
      at(to).merge(ours, {node(from).at.host, 0, false}, now_);
      settle(to);
    } else if (task.what == stream_task::kind::cards) {
      std::vector<std::string> cards;
      for (const card_id& one : task.cards)
        if (const std::string* const known = at(to).card(one)) cards.push_back(*known);
      at(from).take_cards(cards, now_);
    } else if (task.name != name_of(to)) {
      return fail(false);
    }
    at(from).stream_answered(task, now_);
    settle(from);
  });
}

void swarm::run_for(duration how_long) {
  (void)run_until([] { return false; }, how_long);
}

bool swarm::run_until(const std::function<bool()>& holds, duration deadline) {
  const time_point end = now_ + deadline;
  time_point next_look = now_;
  while (!events_.empty() && events_.front().at <= end) {
    std::pop_heap(events_.begin(), events_.end());
    const event next = std::move(events_.back());
    events_.pop_back();
    now_ = next.at;
    next.run();
    if (now_ < next_look) continue;
    next_look = now_ + 10ms;
    if (holds()) return true;
  }
  now_ = end;
  return holds();
}

liveness swarm::seen(std::size_t observer, std::size_t subject) {
  const member* const m = at(observer).members().find(name_of(subject));
  return m == nullptr ? liveness::left : m->state;
}

bool swarm::all_see_all() {
  std::size_t living = 0;
  for (std::size_t i = 0; i < size(); ++i) living += up(i) ? 1 : 0;
  for (std::size_t i = 0; i < size(); ++i)
    if (up(i) && at(i).members().living() + 1 != living) return false;
  return true;
}

bool swarm::all_see(std::size_t subject, liveness state) {
  for (std::size_t i = 0; i < size(); ++i)
    if (i != subject && up(i) && seen(i, subject) != state) return false;
  return true;
}

std::size_t swarm::wrong_deaths() const {
  return static_cast<std::size_t>(
      std::count_if(deaths_.begin(), deaths_.end(), [](const death& d) { return d.wrong; }));
}

}  // namespace mw::swim::testing
