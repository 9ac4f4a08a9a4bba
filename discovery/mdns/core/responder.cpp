// responder: names: probing, renaming, announcing, goodbye. Answers are in responder_answers.cpp.
// SPDX-License-Identifier: Apache-2.0
#include "core/responder.h"

#include "core/packing.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

constexpr int probes = 3;
constexpr duration probe_pause = 250ms;
constexpr int announcements = 3;  // after 0, 1 and 3 seconds
constexpr std::size_t conflicts_max = 15;
constexpr duration conflicts_window = 10s;
constexpr duration conflicts_pause = 5s;
constexpr duration lost_probe_pause = 1s;
constexpr int goodbyes = 2;
constexpr duration goodbye_pause = 100ms;

using bytes_list = std::vector<std::pair<std::uint16_t, std::string>>;

}  // namespace

duration responder::between(duration low, duration high) {
  const auto width = static_cast<std::uint64_t>((high - low).count());
  return low + duration(static_cast<duration::rep>(dice_.below(width + 1)));
}

bool responder::is_ours(const name& about) const {
  return about == names_.instance || about == names_.host;
}

void responder::publish(facts what, time_point now, std::vector<packet>& out) {
  if (facts_ && *facts_ == what) return;
  const bool same_names = facts_ && facts_->id == what.id && facts_->cluster == what.cluster;
  if (!same_names) {
    if (facts_) say_goodbye(false, now);
    attempt_ = 1;
  }
  const bool known = same_names && (phase_ == phase::announcing || phase_ == phase::steady);
  facts_ = std::move(what);
  names_ = names_for(*facts_, how_.service, attempt_);
  records_ = records_for(*facts_, how_.service, names_);
  if (!known) return begin_probing(now, between(0ms, probe_pause));
  phase_ = phase::announcing;
  steps_ = 0;
  step_due_ = now;
  tick(now, out);
}

void responder::withdraw(time_point now) {
  say_goodbye(false, now);
  facts_.reset();
  records_.clear();
  phase_ = phase::idle;
  step_due_ = never;
}

void responder::begin_probing(time_point now, duration wait) {
  phase_ = phase::probing;
  steps_ = 0;
  step_due_ = now + wait;
  for (own_record& one : records_) {
    one.due = never;
    one.askers.clear();
  }
}

void responder::say_goodbye(bool shared_only, time_point now) {
  if (!std::exchange(told_, false)) return;
  goodbye_.clear();
  for (const own_record& one : records_) {
    // The list of services is everybody's: others may still offer this one.
    if (one.negative || (shared_only && one.unique) || one.what.about.parent().is_root()) continue;
    const auto* target = std::get_if<name>(&one.what.content);
    if (target != nullptr && *target == how_.service) continue;
    goodbye_.push_back(one.what);
    goodbye_.back().ttl = 0;
  }
  goodbyes_left_ = goodbyes;
  goodbye_due_ = now;
}

void responder::rename(time_point now) {
  say_goodbye(true, now);
  ++attempt_;
  names_ = names_for(*facts_, how_.service, attempt_);
  records_ = records_for(*facts_, how_.service, names_);
}

void responder::conflict(time_point now) {
  ++counts_.conflicts;
  conflicts_.push_back(now);
  while (conflicts_.size() > conflicts_max) conflicts_.pop_front();
  const bool too_many =
      conflicts_.size() == conflicts_max && now - conflicts_.front() < conflicts_window;
  // Who has announced a name asks again for it first: the other one may be gone, or give way.
  if (phase_ == phase::probing) rename(now);
  begin_probing(now, too_many ? conflicts_pause : between(0ms, probe_pause));
}

void responder::probe(std::vector<packet>& out) const {
  std::vector<dns::question> questions{{names_.instance, dns::type::any}};
  std::vector<record> proposed;
  for (const own_record& one : records_) {
    if (!one.unique || one.negative) continue;
    proposed.push_back(one.what);
    proposed.back().flush = false;
    if (one.what.about == names_.host && questions.size() == 1)
      questions.push_back({names_.host, dns::type::any});
  }
  counts_.questions += questions.size();
  pack_query(questions, {}, proposed, out);
}

void responder::step(time_point now, std::vector<packet>& out) {
  if (phase_ == phase::probing && steps_ < probes) {
    probe(out);
    ++steps_;
    step_due_ = now + probe_pause;
    return;
  }
  if (phase_ == phase::probing) {
    phase_ = phase::announcing;
    steps_ = 0;
  }
  std::vector<own_record*> all;
  for (own_record& one : records_)
    if (!one.negative) all.push_back(&one);
  send(all, now, out);
  told_ = true;
  step_due_ = now + 1s * (1 << steps_);
  if (++steps_ < announcements) return;
  phase_ = phase::steady;
  step_due_ = never;
}

void responder::tick(time_point now, std::vector<packet>& out) {
  if (goodbye_due_ <= now) {
    pack_answers(goodbye_, {}, out);
    goodbye_due_ = --goodbyes_left_ > 0 ? now + goodbye_pause : never;
  }
  if (step_due_ <= now) step(now, out);
  // What is due a moment later goes along: one packet instead of many.
  constexpr duration along = 20ms;
  std::vector<own_record*> answers;
  const bool any = std::any_of(records_.begin(), records_.end(),
                               [now](const own_record& one) { return one.due <= now; });
  for (own_record& one : records_)
    if (any && one.due <= now + along && one.sent + 1s <= now + along)
      answers.push_back(&one);
    else if (one.due <= now)
      answers.push_back(&one);
  send(answers, now, out);
}

time_point responder::next_due() const {
  time_point due = std::min(step_due_, goodbye_due_);
  for (const own_record& one : records_) due = std::min(due, one.due);
  return due;
}

// The other's records for a name that both want are compared with ours; the lesser set gives way.
void responder::compare_probe(const dns::message& query, time_point now) {
  if (steps_ == 0) return;
  for (const name& wanted : {names_.instance, names_.host}) {
    bytes_list ours;
    bytes_list theirs;
    for (const own_record& one : records_)
      if (one.unique && !one.negative && one.what.about == wanted)
        ours.emplace_back(static_cast<std::uint16_t>(one.what.what), data_bytes(one.what));
    for (const record& one : query.records)
      if (one.where == dns::section::authority && one.about == wanted)
        theirs.emplace_back(static_cast<std::uint16_t>(one.what), data_bytes(one));
    if (theirs.empty() || ours.empty()) continue;
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    if (ours >= theirs) continue;
    ++counts_.deferred;
    return begin_probing(now, lost_probe_pause);
  }
}

}  // namespace mw::mdns
