// board: time: who is looked at when, and what follows from a verdict.
// SPDX-License-Identifier: Apache-2.0
#include "board.h"

#include <algorithm>

namespace mw::checks {

namespace {

constexpr duration first_look_max = 2s;  // spread, so that a start is no burst
constexpr std::size_t output_max = 4096;

duration scaled(duration d, double by) {
  return duration(static_cast<std::int64_t>(static_cast<double>(d.count()) * by));
}

}  // namespace

board::board(std::vector<check_rules> checks, board_rules rules, random_stream& random,
             time_point now)
    : checks_(std::move(checks)), rules_(rules), random_(random) {
  for (std::size_t i = 0; i < checks_.size(); ++i) {
    wants_peers_ = wants_peers_ || checks_[i].of_peers;
    if (!checks_[i].of_peers) add(i, checks_[i].subject, {}, now);
  }
}

void board::set_peers(std::span<const peer_target> peers, time_point now) {
  std::map<std::string, std::string, std::less<>> next;
  for (const peer_target& one : peers) next.emplace(one.id, one.address);
  // A new address is a new target: what was found at the old one says nothing about it.
  std::vector<entry*> gone;
  for (const auto& one : entries_) {
    if (one == nullptr || !checks_[one->rule].of_peers) continue;
    const auto still = next.find(one->subject);
    if (still == next.end() || still->second != one->address) gone.push_back(one.get());
  }
  for (entry* one : gone) {
    peers_.erase(one->subject);
    remove(*one, now);
  }
  for (const auto& [id, address] : next) {
    if (peers_.contains(id)) continue;
    for (std::size_t i = 0; i < checks_.size(); ++i)
      if (checks_[i].of_peers) add(i, id, address, now);
    if (subjects_.contains(id)) peers_.emplace(id, address);
  }
}

void board::add(std::size_t rule, const std::string& subject, const std::string& address,
                time_point now) {
  if (entries_.size() - free_.size() >= rules_.targets_max) {
    ++counts_.crowded;
    return;
  }
  const check_rules& r = checks_[rule];
  auto made = std::make_unique<entry>(r);
  std::uint32_t slot = static_cast<std::uint32_t>(entries_.size());
  if (free_.empty()) {
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  made->id = {slot, ++lives_};
  made->rule = rule;
  made->subject = subject;
  made->address = address;
  made->since = now;
  const duration patience = std::min(r.interval, first_look_max);
  made->due = now + (r.pushed ? r.interval : scaled(patience, random_.unit()));
  entries_[slot] = std::move(made);
  ++at_level_[static_cast<std::size_t>(check_level::unknown)];
  subjects_[subject].slots.push_back(slot);
  plan(*entries_[slot], now);
}

void board::remove(entry& gone, time_point now) {
  if (gone.wake) agenda_.erase({*gone.wake, gone.id.slot});
  std::erase(waiting_, gone.id);
  if (gone.running) --running_;
  --at_level_[static_cast<std::size_t>(gone.state.level())];
  const std::string subject = gone.subject;
  const std::uint32_t slot = gone.id.slot;
  std::erase(subjects_[subject].slots, slot);
  entries_[slot].reset();
  free_.push_back(slot);
  rethink(subject, now);
}

board::entry* board::find(check_id id) const {
  if (id.slot >= entries_.size() || entries_[id.slot] == nullptr) return nullptr;
  entry* const one = entries_[id.slot].get();
  return one->id == id ? one : nullptr;
}

// Puts the entry into the agenda for the next thing that will happen to it by itself.
void board::plan(entry& of, time_point now) {
  std::optional<time_point> next;
  const auto earlier = [&next](std::optional<time_point> one) {
    if (one && (!next || *one < *next)) next = one;
  };
  earlier(of.due);
  earlier(of.restart);
  if (of.recovered) {
    const auto step = next_ramp_step(now - *of.recovered, checks_[of.rule].ramp);
    if (step) earlier(*of.recovered + *step);
  }
  if (of.wake == next) return;
  if (of.wake) agenda_.erase({*of.wake, of.id.slot});
  of.wake = next;
  if (next) agenda_.insert({*next, of.id.slot});
}

std::optional<time_point> board::next() const {
  if (agenda_.empty()) return std::nullopt;
  return agenda_.begin()->first;
}

void board::tick(time_point now) {
  while (!agenda_.empty() && agenda_.begin()->first <= now) {
    entry& one = *entries_[agenda_.begin()->second];
    agenda_.erase(agenda_.begin());
    one.wake.reset();
    wake_up(one, now);
    plan(one, now);
  }
}

void board::wake_up(entry& of, time_point now) {
  const check_rules& r = checks_[of.rule];
  if (of.due && *of.due <= now) {
    of.due.reset();
    if (r.pushed) {
      heard(of, check_verdict::fail, "no verdict was pushed for " + to_string(r.interval), true,
            now);
    } else {
      if (running_ + waiting_.size() >= rules_.concurrent) ++counts_.put_off;
      waiting_.push_back(of.id);
    }
  }
  if (of.restart && *of.restart <= now) want_restart(of, now);
  if (!of.recovered) return;
  if (now - *of.recovered >= r.ramp) of.recovered.reset();
  rethink(of.subject, now);
}

std::vector<board_wish> board::take_looks(time_point now) {
  std::vector<board_wish> out;
  while (!waiting_.empty() && running_ < rules_.concurrent) {
    entry& one = *find(waiting_.front());  // those that are gone do not wait any more
    waiting_.pop_front();
    one.running = true;
    one.started = now;
    ++running_;
    out.push_back({one.id, one.rule, one.subject, one.address});
  }
  return out;
}

void board::finish(check_id of, check_verdict verdict, std::string_view output, time_point now) {
  entry* const one = find(of);
  if (one == nullptr || !one->running) return;
  one->running = false;
  --running_;
  const check_rules& r = checks_[one->rule];
  const double spread = 1 + r.jitter * (2 * random_.unit() - 1);
  one->due = std::max(one->started + scaled(r.interval, spread), now + 1ms);
  heard(*one, verdict, output, false, now);
  plan(*one, now);
}

status board::push(const pushed_verdict& what, time_point now) {
  entry* found = nullptr;
  bool named = false;
  for (const auto& one : entries_) {
    if (one == nullptr || checks_[one->rule].name != what.check) continue;
    named = true;
    if (!what.subject.empty() && one->subject != what.subject) continue;
    if (found != nullptr)
      return {errc::invalid, "several subjects have the check '" + std::string(what.check) +
                                 "': name one, such as '" + one->subject + "'"};
    found = one.get();
  }
  if (found == nullptr)
    return {errc::not_found, (named ? "'" + std::string(what.subject) + "' has no check '"
                                    : std::string("there is no check '")) +
                                 std::string(what.check) + "'; `mw checks` lists them"};
  const check_rules& r = checks_[found->rule];
  if (!r.pushed)
    return {errc::unsupported,
            "'" + r.name + "' looks for itself: only checks of kind ttl take verdicts"};
  found->due = now + r.interval;
  heard(*found, what.verdict, what.output, true, now);
  plan(*found, now);
  return {};
}

void board::heard(entry& of, check_verdict verdict, std::string_view output, bool decided,
                  time_point now) {
  ++counts_.verdicts[static_cast<std::size_t>(verdict)];
  ++of.runs;
  of.last = verdict;
  of.output = output.substr(0, output_max);
  const check_level before = of.state.level();
  const bool moved = decided ? of.state.set(verdict) : of.state.hear(verdict);
  if (moved) changed(of, before, now);
}

void board::changed(entry& of, check_level from, time_point now) {
  const check_rules& r = checks_[of.rule];
  const check_level to = of.state.level();
  --at_level_[static_cast<std::size_t>(from)];
  ++at_level_[static_cast<std::size_t>(to)];
  of.since = now;
  news_.levels.push_back({of.rule, of.subject, from, to, of.output});
  of.restart.reset();
  if (to == check_level::critical) {
    of.recovered.reset();
    if (r.restarts) want_restart(of, now);
  } else if (from == check_level::critical && r.ramp > duration::zero()) {
    of.recovered = now;
  }
  rethink(of.subject, now);
}

void board::want_restart(entry& of, time_point now) {
  const bool granted = of.restarts.take(now);
  ++(granted ? counts_.restarts : counts_.restarts_refused);
  (granted ? news_.restarts : news_.spent).push_back({of.id, of.rule, of.subject, of.address});
  of.restart = now + checks_[of.rule].restart_again;
}

}  // namespace mw::checks
