// keeper: adopts, refuses, and knows which alarms are on.
// SPDX-License-Identifier: Apache-2.0
#include "keeper.h"

#include <algorithm>
#include <set>
#include <utility>

namespace mw::creds {
namespace {

constexpr std::string_view refused_alarm = "credentials.refused";
constexpr std::string_view soon_alarm = "credentials.expires_soon";
constexpr std::string_view expired_alarm = "credentials.expired";

std::string subject_of(const dated& part) {
  const x509::facts& about = part.about;
  return part.what + " " + (about.subject.empty() ? about.issuer : about.subject) +
         (about.serial.empty() ? std::string() : " " + about.serial);
}

std::string joined(const std::vector<x509::problem>& problems) {
  std::string text;
  for (const x509::problem& one : problems) text += (text.empty() ? "" : " | ") + to_string(one);
  return text;
}

}  // namespace

look keeper::step(candidate given, wall_time now) {
  std::string mark = mark_of(given);
  if (current_ != nullptr && mark == mark_) {
    forget(given);
    problems_.clear();
    refused_mark_.clear();
    clear(std::string(refused_alarm), "files");
    tick(now);
    return look::unchanged;
  }
  judge_rules rules{.first = current_ == nullptr,
                    .skew = settings_.skew,
                    .group_may_read = settings_.group_may_read};
  if (current_ != nullptr) rules.identity = current_->identity;
  verdict found = judge(given, rules, now);
  forget(given);
  if (!found.good()) {
    const look outcome = refuse(std::move(found.problems), std::move(mark));
    tick(now);
    return outcome;
  }
  adopt(std::move(found), std::move(mark), now);
  return look::adopted;
}

look keeper::refuse(std::vector<x509::problem> problems, std::string mark) {
  problems_ = std::move(problems);
  for (const x509::problem& one : problems_) mark += code_of(one.why);
  if (mark != refused_mark_) {
    refused_mark_ = std::move(mark);
    outputs_.refused = problems_;
    raise(std::string(refused_alarm), "files",
          (current_ != nullptr ? "the set in force stays: " : "there is no good set yet: ") +
              joined(problems_));
  }
  return look::refused;
}

void keeper::adopt(verdict good, std::string mark, wall_time now) {
  good.set->epoch = current_ == nullptr ? 1 : current_->epoch + 1;
  current_ = std::move(good.set);
  parts_ = std::move(good.parts);
  mark_ = std::move(mark);
  problems_.clear();
  refused_mark_.clear();
  outputs_.replaced = true;
  clear(std::string(refused_alarm), "files");
  tick(now);
}

void keeper::tick(wall_time now) {
  std::set<std::string> subjects;
  for (const dated& part : parts_) {
    const std::string subject = subject_of(part);
    if (subjects.insert(subject).second) judge_end(part, subject, now);
  }
  // What belonged to an earlier set is over.
  std::vector<std::pair<std::string, std::string>> over;
  for (const auto& [key, text] : raised_)
    if (key.first != refused_alarm && !subjects.contains(key.second)) over.push_back(key);
  for (const auto& [name, subject] : over) clear(name, subject);
}

void keeper::judge_end(const dated& part, const std::string& subject, wall_time now) {
  const wall_time end = part.about.not_after;
  const duration life = end.since_epoch - part.about.not_before.since_epoch;
  const duration early =
      settings_.expires_soon > duration::zero() ? settings_.expires_soon : life / 4;
  const bool expired = now >= end;
  const bool soon = !expired && end.since_epoch - now.since_epoch < early;
  const std::string name_soon(soon_alarm);
  const std::string name_expired(expired_alarm);
  if (soon)
    raise(name_soon, subject, "it ends on " + to_string(end) + ": bring a new one before");
  else
    clear(name_soon, subject);
  if (expired)
    raise(name_expired, subject,
          "it ended on " + to_string(end) + ": peers refuse what stands on it; bring a new one");
  else
    clear(name_expired, subject);
}

void keeper::raise(const std::string& name, const std::string& subject, std::string text) {
  std::string& known = raised_[{name, subject}];
  if (known == text) return;
  known = text;
  outputs_.alarms.push_back({name, subject, std::move(text)});
}

void keeper::clear(const std::string& name, const std::string& subject) {
  if (raised_.erase({name, subject}) != 0) outputs_.alarms.push_back({name, subject, {}});
}

keeper_outputs keeper::take_outputs() {
  return std::exchange(outputs_, {});
}

std::optional<wall_time> keeper::earliest_end(std::string_view what) const {
  std::optional<wall_time> end;
  for (const dated& part : parts_)
    if (part.what == what && (!end || part.about.not_after < *end)) end = part.about.not_after;
  return end;
}

}  // namespace mw::creds
