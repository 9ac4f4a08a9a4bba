// keeper: which set is in force, step by step: a new one when it is good, the old one when not.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "judge.h"

#include <map>
#include <string>
#include <vector>

namespace mw::creds {

struct keeper_settings {
  duration skew = 5min;
  duration expires_soon{};  // 0: a quarter of the life of what expires
  bool group_may_read = false;
};

enum class look : std::uint8_t { unchanged, adopted, refused };

struct alarm {
  std::string name;     // "credentials.refused", "credentials.expires_soon", "credentials.expired"
  std::string subject;  // what it is about
  std::string text;     // empty: it is over
};

struct keeper_outputs {
  bool replaced = false;  // current() is another set
  std::vector<alarm> alarms;
  std::vector<x509::problem> refused;  // new findings, to be counted and logged once
};

// Pure. `now` is the wall clock, which may jump: nothing here is ordered by it.
class keeper {
 public:
  explicit keeper(const keeper_settings& settings) : settings_(settings) {}

  // What was read. The key in `given` is overwritten.
  look step(candidate given, wall_time now);
  // Time alone changes what is alarming.
  void tick(wall_time now);
  [[nodiscard]] keeper_outputs take_outputs();

  [[nodiscard]] const credential_ptr& current() const { return current_; }  // null: none yet
  [[nodiscard]] const std::vector<dated>& parts() const { return parts_; }
  // Of the last look; empty when it was good.
  [[nodiscard]] const std::vector<x509::problem>& problems() const { return problems_; }
  // The earliest end among parts of this kind; nothing when there is none.
  [[nodiscard]] std::optional<wall_time> earliest_end(std::string_view what) const;

 private:
  look refuse(std::vector<x509::problem> problems, std::string mark);
  void adopt(verdict good, std::string mark, wall_time now);
  void raise(const std::string& name, const std::string& subject, std::string text);
  void clear(const std::string& name, const std::string& subject);
  void judge_end(const dated& part, const std::string& subject, wall_time now);

  keeper_settings settings_;
  credential_ptr current_;
  std::vector<dated> parts_;
  std::vector<x509::problem> problems_;
  std::string mark_;          // of the texts of current_
  std::string refused_mark_;  // of the texts and findings that were refused last
  std::map<std::pair<std::string, std::string>, std::string> raised_;  // bounded by parts and names
  keeper_outputs outputs_;
};

}  // namespace mw::creds
