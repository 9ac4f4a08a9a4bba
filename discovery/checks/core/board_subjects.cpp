// board_subjects: what the checks of a subject amount to, in numbers and words.
// SPDX-License-Identifier: Apache-2.0
#include "board.h"

#include <algorithm>
#include <tuple>

namespace mw::checks {

namespace {

constexpr std::size_t reason_output_max = 160;

}  // namespace

void board::rethink(const std::string& subject, time_point now) {
  const auto at = subjects_.find(subject);
  subject_state& s = at->second;
  std::vector<vote> votes;
  for (const std::uint32_t slot : s.slots) {
    const entry& one = *entries_[slot];
    const check_rules& r = checks_[one.rule];
    const double share = one.recovered ? ramp_share(now - *one.recovered, r.ramp) : 1;
    votes.push_back({one.state.level(), r.weight, r.decisive, share});
  }
  const std::optional<double> score = checks::score_of(votes, rules_.warning_share);
  if (score && (!s.told || worth_telling(s.told->score, *score, rules_.step))) {
    s.told = subject_view{subject, *score, reason_of(s, now)};
    news_.scores.push_back(*s.told);
  }
  if (!s.slots.empty()) return;
  if (s.told && s.told->score < 1) news_.scores.push_back({subject, 1, "no longer checked"});
  subjects_.erase(at);
}

// The worst check: decisive ones first, then by level, then by weight.
std::string board::reason_of(const subject_state& of, time_point now) const {
  const entry* worst = nullptr;
  std::size_t bad = 0;
  std::size_t known = 0;
  const auto badness = [&](const entry& one) {
    const check_rules& r = checks_[one.rule];
    const bool critical = one.state.level() == check_level::critical;
    return std::tuple(critical && r.decisive, critical, one.state.level() == check_level::warning,
                      one.recovered.has_value(), r.weight);
  };
  for (const std::uint32_t slot : of.slots) {
    const entry& one = *entries_[slot];
    if (one.state.level() == check_level::unknown) continue;
    ++known;
    if (one.state.level() == check_level::passing && !one.recovered) continue;
    ++bad;
    if (worst == nullptr || badness(one) > badness(*worst)) worst = &one;
  }
  if (worst == nullptr)
    return known == 1 ? "its check passes" : "all " + std::to_string(known) + " checks pass";
  std::string text = checks_[worst->rule].name + " ";
  if (worst->state.level() == check_level::passing)
    text += "passes again since " + to_string((now - *worst->recovered) / 1ms * 1ms);
  else
    text += std::string(to_string(worst->state.level())) + ": " +
            worst->output.substr(0, reason_output_max);
  if (bad > 1) text += ", and " + std::to_string(bad - 1) + " more";
  return text + " (" + std::to_string(known - bad) + " of " + std::to_string(known) + " pass)";
}

void board::repeat_scores() {
  for (const auto& [subject, s] : subjects_)
    if (s.told && s.told->score < 1) news_.scores.push_back(*s.told);
}

std::optional<double> board::score_of(std::string_view subject) const {
  const auto at = subjects_.find(subject);
  if (at == subjects_.end() || !at->second.told) return std::nullopt;
  return at->second.told->score;
}

std::string board::subject_of(check_id of) const {
  const entry* const one = find(of);
  return one == nullptr ? std::string() : one->subject;
}

double board::lowest_score() const {
  double lowest = 1;
  for (const auto& [subject, s] : subjects_)
    if (s.told) lowest = std::min(lowest, s.told->score);
  return lowest;
}

std::vector<const board::entry*> board::sorted() const {
  std::vector<const entry*> all;
  for (const auto& one : entries_)
    if (one != nullptr) all.push_back(one.get());
  std::sort(all.begin(), all.end(), [this](const entry* a, const entry* b) {
    return std::tie(a->subject, checks_[a->rule].name) <
           std::tie(b->subject, checks_[b->rule].name);
  });
  return all;
}

std::vector<check_view> board::checks(time_point now) const {
  std::vector<check_view> out;
  for (const entry* one : sorted()) {
    const check_rules& r = checks_[one->rule];
    out.push_back({r.name, one->subject, one->state.level(), one->last, r.weight, r.decisive,
                   one->runs, now - one->since, one->output});
  }
  return out;
}

std::vector<subject_view> board::subjects() const {
  std::vector<subject_view> out;
  for (const auto& [subject, s] : subjects_)
    out.push_back(s.told ? *s.told : subject_view{subject, 1, "not checked yet"});
  return out;
}

}  // namespace mw::checks
