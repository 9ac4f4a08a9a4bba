// responder_answers: who asked what, what they know already, and when the answer goes to whom.
// SPDX-License-Identifier: Apache-2.0
#include "core/packing.h"
#include "core/responder.h"

#include <algorithm>
#include <utility>

namespace mw::mdns {
namespace {

constexpr std::size_t askers_max = 8;
constexpr duration repeat_pause = 1s;
constexpr duration defend_pause = 250ms;

bool same(const record& a, const record& b) {
  return a.what == b.what && a.about == b.about && a.content == b.content;
}

bool asks_for(const dns::question& about, const record& one) {
  return about.about == one.about && (about.what == one.what || about.what == dns::type::any) &&
         (about.in == dns::class_in || about.in == dns::class_any);
}

// The asker has it, for at least half of its time.
bool knows(const dns::message& query, const record& one) {
  return std::any_of(query.records.begin(), query.records.end(), [&](const record& known) {
    return known.where == dns::section::answer && known.ttl >= one.ttl / 2 && same(known, one);
  });
}

bool is_probe(const dns::message& query, const name& about) {
  return std::any_of(query.records.begin(), query.records.end(), [&](const record& one) {
    return one.where == dns::section::authority && one.about == about;
  });
}

}  // namespace

std::vector<own_record*> responder::matches(const dns::question& about) {
  std::vector<own_record*> found;
  for (own_record& one : records_)
    if (!one.negative && asks_for(about, one.what)) found.push_back(&one);
  if (!found.empty() || !is_ours(about.about)) return found;
  for (own_record& one : records_)
    if (one.negative && one.what.about == about.about) found.push_back(&one);
  return found;
}

// An asker whose query goes on in other packets may know more than it has said so far.
void responder::forget_known(const dns::message& query, const endpoint& from) {
  for (own_record& one : records_) {
    if (one.due == never || one.askers.empty() || !knows(query, one.what)) continue;
    if (std::erase(one.askers, from) == 0 || !one.askers.empty()) continue;
    one.due = never;
    ++counts_.suppressed;
  }
}

void responder::plan(own_record& one, const dns::message& query, const dns::question& why,
                     const endpoint& from, time_point now) {
  const bool defends = one.unique && is_probe(query, why.about);
  duration wait = one.unique ? 0ms : between(20ms, 120ms);
  if (query.truncated) wait = between(400ms, 500ms);
  const time_point free = one.sent + (defends ? defend_pause : repeat_pause);
  if (free > now + wait) ++counts_.postponed;
  const time_point due = std::max(now + wait, free);
  const bool waits = one.due != never;
  if (!waits)
    one.askers = {from};
  else if (one.askers.size() >= askers_max)
    one.askers.clear();
  else if (!one.askers.empty())
    one.askers.push_back(from);
  one.due = std::min(one.due, due);
}

void responder::reply_alone(const dns::message& query, const std::vector<own_record*>& answers,
                            const endpoint& to, time_point now, std::vector<packet>& out) {
  if (answers.empty()) return;
  if (!replies_.take(now)) {
    ++counts_.refused;
    return;
  }
  counts_.answers += answers.size();
  std::vector<record> records;
  for (const own_record* one : answers) records.push_back(one->what);
  if (to.port != port) return out.push_back(pack_legacy_reply(query, std::move(records), to));
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < records.size(); ++i) records[i].flush = answers[i]->unique;
  pack_answers(records, {}, out);
  for (std::size_t i = before; i < out.size(); ++i) out[i].to = to;
}

void responder::heard_query(const dns::message& query, const endpoint& from, time_point now,
                            std::vector<packet>& out) {
  if (phase_ == phase::probing) return compare_probe(query, now);
  if (phase_ == phase::idle) return;
  if (query.questions.empty()) return forget_known(query, from);
  std::vector<own_record*> alone;
  for (const dns::question& one : query.questions)
    for (own_record* match : matches(one)) {
      if (from.port != port) {
        if (std::find(alone.begin(), alone.end(), match) == alone.end()) alone.push_back(match);
        continue;
      }
      if (knows(query, match->what)) {
        ++counts_.suppressed;
        continue;
      }
      // Only who asks for it gets it, as long as all the others have it, too.
      const bool fresh = now - match->sent < std::chrono::seconds(match->what.ttl / 4);
      if (one.unicast && fresh && !is_probe(query, one.about))
        alone.push_back(match);
      else
        plan(*match, query, one, from, now);
    }
  reply_alone(query, alone, from, now, out);
}

void responder::heard_record(const record& other, time_point now) {
  if (phase_ == phase::idle || other.in != dns::class_in) return;
  // Before the first probe nothing is claimed: who has the name will say so when it is asked.
  if (phase_ == phase::probing && steps_ == 0) return;
  bool known = false;
  bool clashes = false;
  for (own_record& one : records_) {
    if (one.what.about != other.about) continue;
    if (same(one.what, other)) {
      known = true;
      if (phase_ == phase::probing) continue;
      if (other.ttl < one.what.ttl / 2) {
        // Somebody lets others forget what is true: said again, at most once a second.
        one.askers.clear();
        one.due = std::min(one.due, std::max(now, one.sent + repeat_pause));
      } else if (one.due != never && !one.unique) {
        one.due = never;
        ++counts_.suppressed;
      }
      continue;
    }
    if (one.unique && !one.negative && one.what.what == other.what) clashes = true;
  }
  if (phase_ == phase::probing && is_ours(other.about)) clashes = !known;
  if (clashes && !known && other.ttl != 0) conflict(now);
}

// To the group, with what the asker will want to know next.
void responder::send(const std::vector<own_record*>& answers, time_point now,
                     std::vector<packet>& out) {
  if (answers.empty()) return;
  std::vector<record> said;
  std::vector<record> more;
  bool points_here = false;
  const auto add = [now](own_record& one, std::vector<record>& to) {
    to.push_back(one.what);
    to.back().flush = one.unique;
    one.sent = now;
    one.due = never;
    one.askers.clear();
  };
  for (own_record* one : answers) {
    add(*one, said);
    const auto* target = std::get_if<name>(&one->what.content);
    points_here = points_here || one->what.what == dns::type::srv ||
                  (target != nullptr && *target == names_.instance);
  }
  counts_.answers += said.size();
  for (own_record& one : records_)
    if (points_here && one.unique && !one.negative && one.sent + repeat_pause <= now)
      add(one, more);
  pack_answers(said, more, out);
}

}  // namespace mw::mdns
