// browser: see browser.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/browser.h"

#include "core/packing.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

using dns::type;

constexpr duration browse_pause_max = 1h;
constexpr duration one_shot_pause_max = 1min;
constexpr std::uint32_t one_shot_ttl = 130;  // two looks and some time to answer
constexpr int tries_max = 4;                 // after 0, 1, 3 and 7 seconds
constexpr duration doubt = 10s;
constexpr std::size_t records_of_a_peer = 8;

const name* target_of(const record& one) {
  return std::get_if<name>(&one.content);
}

}  // namespace

browser::browser(const settings& how, random_stream& dice, counts& counted)
    : how_(how),
      dice_(dice),
      counts_(counted),
      cache_(how.peers_max * records_of_a_peer + 64, dice) {}

duration browser::soon() {
  return 20ms + duration(static_cast<duration::rep>(dice_.below(100'000'000)));
}

void browser::start(time_point now) {
  browse_pause_ = 1s;
  browse_due_ = now + soon();
}

void browser::look_again(time_point now) {
  start(now);
  std::vector<name> all;
  cache_.each(type::ptr, [&](const name& instance, const auto&) { all.push_back(instance); });
  for (const name& instance : all) {
    cache_.doubt({instance, type::srv}, doubt, now);
    look_for({instance, type::srv}, now);
  }
}

// ---- answers ------------------------------------------------------------------------------------

bool browser::is_local(const name& host) const {
  return host.below(how_.service.parent().parent());
}

bool browser::wanted(const record& one) {
  if (one.in != dns::class_in) return false;
  switch (one.what) {
    case type::ptr: {
      const name* instance = target_of(one);
      return one.about == how_.service && instance != nullptr && instance->parent() == how_.service;
    }
    case type::srv:
    case type::txt:
      return cache_.has({one.about, type::ptr});
    case type::a:
    case type::aaaa:
      return hosts().contains(one.about);
    default:
      return false;
  }
}

const std::set<name>& browser::hosts() {
  if (!std::exchange(hosts_stale_, false)) return hosts_;
  hosts_.clear();
  cache_.each(type::srv, [this](const name&, const std::vector<cached>& all) {
    for (const cached& one : all) hosts_.insert(std::get<dns::service>(one.what.content).target);
  });
  return hosts_;
}

void browser::take(const record& one, time_point now) {
  if (!wanted(one)) return;
  const bool names_instance = one.what == type::ptr;
  if (names_instance && cache_.services() >= how_.peers_max && !cache_.has(key_of(one))) {
    ++counts_.overflow;
    return;
  }
  record kept = one;
  if (how_.one_shot && kept.ttl != 0) kept.ttl = std::max(kept.ttl, one_shot_ttl);
  const cache::outcome outcome = cache_.take(kept, now);
  if (outcome == cache::outcome::full) ++counts_.overflow;
  if (outcome == cache::outcome::changed) {
    changed_ = true;
    hosts_stale_ = hosts_stale_ || one.what == type::srv;
  }
  if (!names_instance) searches_.erase({one.about, one.what});
}

void browser::heard_answer(const dns::message& answer, time_point now) {
  // In the order in which one leads to the next; additional records may come first.
  std::set<name> touched;
  for (const auto& kinds : {std::pair{type::ptr, type::ptr}, std::pair{type::srv, type::txt},
                            std::pair{type::a, type::aaaa}})
    for (const record& one : answer.records) {
      if (one.where == dns::section::authority) continue;
      if (one.what != kinds.first && one.what != kinds.second) continue;
      take(one, now);
      touched.insert(key_of(one).about);
    }
  for (const name& instance : touched) look_for_missing(instance, now);
}

// ---- questions ----------------------------------------------------------------------------------

void browser::look_for(const key& which, time_point now) {
  const auto [at, fresh] = searches_.try_emplace(which);
  if (fresh || at->second.due == never) at->second = {0, now + soon()};
}

void browser::look_for_missing(const name& instance, time_point now) {
  if (!cache_.has({instance, type::ptr})) return;
  const auto look = [&](const key& which) {
    if (!cache_.has(which) && !searches_.contains(which)) look_for(which, now);
  };
  look({instance, type::srv});
  look({instance, type::txt});
  const auto* services = cache_.find({instance, type::srv});
  if (services == nullptr) return;
  for (const cached& where : *services) {
    const name& host = std::get<dns::service>(where.what.content).target;
    if (!is_local(host) || cache_.has({host, type::a}) || cache_.has({host, type::aaaa})) continue;
    look({host, type::a});
    look({host, type::aaaa});
  }
}

// Nobody answers. An instance without a place is forgotten, until somebody names it again.
void browser::give_up(const key& which) {
  changed_ = true;  // without texts is better than not at all
  if (which.what != type::srv) return;
  ++counts_.unresolved;
  cache_.drop({which.about, type::ptr});
  cache_.drop({which.about, type::txt});
}

std::vector<record> browser::known_answers(time_point now) const {
  std::vector<record> out;
  if (how_.one_shot) return out;
  cache_.each(type::ptr, [&](const name&, const std::vector<cached>& all) {
    for (const cached& one : all) {
      if (one.left(now) < one.what.ttl / 2) continue;
      out.push_back(one.what);
      out.back().ttl = one.left(now);
      out.back().flush = false;
    }
  });
  return out;
}

void browser::heard_query(const dns::message& query, time_point now) {
  for (const dns::question& one : query.questions) {
    if (one.unicast || one.in != dns::class_in) continue;
    const auto same = searches_.find({one.about, one.what});
    if (same != searches_.end() && same->second.tries < tries_max &&
        same->second.due <= now + 1s) {
      same->second.due = now + 1s * (1 << same->second.tries);
      ++same->second.tries;
      ++counts_.questions_shared;
    }
    if (one.about != how_.service || one.what != type::ptr || query.truncated) continue;
    if (browse_due_ > now + 1s) continue;
    const std::vector<record> ours = known_answers(now);
    const bool knows_more =
        std::any_of(query.records.begin(), query.records.end(), [&](const record& theirs) {
          return theirs.where == dns::section::answer && theirs.about == how_.service &&
                 std::none_of(ours.begin(), ours.end(),
                              [&](const record& known) { return known.content == theirs.content; });
        });
    if (knows_more) continue;  // we would not hear of those that it knows
    browse_due_ = now + browse_pause_;
    browse_pause_ = std::min(browse_pause_ * 2, browse_pause_max);
    ++counts_.questions_shared;
  }
}

void browser::due_searches(time_point now, std::vector<key>& ask) {
  constexpr duration along = 20ms;  // what is due a moment later goes along
  for (auto& [which, one] : searches_) {
    if (one.due > now + along) continue;
    if (one.tries >= tries_max) {
      one.due = never;  // stays: what is not there is not looked for for ever
      give_up(which);
      continue;
    }
    ask.push_back(which);
    one.due = now + 1s * (1 << one.tries);
    ++one.tries;
  }
}

void browser::forget_searches() {
  std::erase_if(searches_, [this](const auto& one) {
    const key& which = one.first;
    if (which.what == type::a || which.what == type::aaaa) return !hosts().contains(which.about);
    return !cache_.has({which.about, type::ptr});
  });
}

void browser::tick(time_point now, std::vector<packet>& out) {
  std::vector<key> ask;
  if (cache_.tick(now, ask)) {
    changed_ = hosts_stale_ = true;
    cache_.keep_hosts([this](const name& host) { return hosts().contains(host); });
    std::vector<name> all;
    cache_.each(type::ptr, [&](const name& instance, const auto&) { all.push_back(instance); });
    for (const name& instance : all) look_for_missing(instance, now);
  }
  due_searches(now, ask);
  if (changed_) forget_searches();
  bool asks_services = browse_due_ <= now;
  if (asks_services) {
    browse_due_ = now + browse_pause_;
    const duration most = how_.one_shot ? one_shot_pause_max : browse_pause_max;
    browse_pause_ = std::min(browse_pause_ * 2, most);
  }
  std::vector<dns::question> questions;
  for (key& one : ask)
    if (one.what == type::ptr)
      asks_services = true;
    else
      questions.push_back({std::move(one.about), one.what});
  if (asks_services) questions.push_back({how_.service, type::ptr});
  if (questions.empty()) return;
  counts_.questions += questions.size();
  pack_query(questions, asks_services ? known_answers(now) : std::vector<record>(), {}, out);
}

time_point browser::next_due() const {
  time_point due = std::min(browse_due_, cache_.next_due());
  for (const auto& [which, one] : searches_) due = std::min(due, one.due);
  return due;
}

std::optional<sighting> browser::sighting_of(const name& instance) const {
  const auto* services = cache_.find({instance, type::srv});
  const auto* texts = cache_.find({instance, type::txt});
  const auto texts_search = searches_.find({instance, type::txt});
  const bool no_texts = texts_search != searches_.end() && texts_search->second.due == never;
  if (services == nullptr || (texts == nullptr && !no_texts)) return std::nullopt;
  // Of several the one that was said last.
  const auto last = [](const std::vector<cached>& from) {
    return std::max_element(from.begin(), from.end(),
                            [](const cached& a, const cached& b) { return a.heard < b.heard; })
        ->what.content;
  };
  const auto where = std::get<dns::service>(last(*services));
  if (where.port == 0 || where.target.is_root()) return std::nullopt;
  sighting seen{.instance = instance, .target = where.target, .port = where.port};
  if (texts != nullptr) seen.texts = std::get<dns::texts>(last(*texts));
  for (const type kind : {type::a, type::aaaa})
    if (const auto* addresses = cache_.find({where.target, kind}))
      for (const cached& at : *addresses)
        seen.addresses.push_back(std::get<dns::address>(at.what.content));
  if (seen.addresses.empty() && is_local(where.target)) return std::nullopt;
  return seen;
}

std::vector<sighting> browser::sightings() const {
  std::vector<sighting> out;
  cache_.each(type::ptr, [&](const name& instance, const auto&) {
    if (auto seen = sighting_of(instance)) out.push_back(std::move(*seen));
  });
  return out;
}

}  // namespace mw::mdns
