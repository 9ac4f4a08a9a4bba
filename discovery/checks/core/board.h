// board: all checks of all subjects: what is due, what was found, and what that makes of whom.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "check_state.h"
#include "score.h"

#include <mw/random.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw::checks {

// What the board has to know of a check; how it looks is none of its business.
struct check_rules {
  std::string name;
  bool of_peers = false;  // one for each peer, else one of `subject`
  std::string subject;
  bool pushed = false;  // verdicts come from outside; none within `interval` is a failure
  duration interval = 10s;
  double jitter = 0.1;  // share of the interval, to both sides
  thresholds levels;
  double weight = 1;
  bool decisive = false;
  duration ramp{};
  bool restarts = false;
  std::uint32_t restart_budget = 3;
  duration restart_window = 10min;
  duration restart_again = 1min;  // while it stays critical
};

struct board_rules {
  std::size_t concurrent = 16;
  std::size_t targets_max = 10'000;
  double warning_share = 0.5;
  double step = 0.05;  // of a score
};

struct peer_target {
  std::string id;
  std::string address;
};

struct check_id {
  std::uint32_t slot = 0;
  std::uint32_t life = 0;  // zero: nobody
  friend bool operator==(const check_id&, const check_id&) = default;
};

// A look that should begin now, or a command that should run.
struct board_wish {
  check_id id;
  std::size_t rule = 0;
  std::string subject;
  std::string address;  // of a peer
};
struct level_change {
  std::size_t rule = 0;
  std::string subject;
  check_level from = check_level::unknown;
  check_level to = check_level::unknown;
  std::string output;
};
struct board_news {
  std::vector<level_change> levels;
  std::vector<subject_view> scores;
  std::vector<board_wish> restarts;
  std::vector<board_wish> spent;  // a restart was due and the budget is used up
};

struct board_counts {
  std::uint64_t put_off = 0;  // looks that had to wait for `concurrent` others
  std::uint64_t crowded = 0;  // targets beyond the bound, each time peers were counted
  std::uint64_t verdicts[3] = {};
  std::uint64_t restarts = 0;
  std::uint64_t restarts_refused = 0;
};

class board {
 public:
  // `random` must outlive this.
  board(std::vector<check_rules> checks, board_rules rules, random_stream& random, time_point now);

  // Who is there now. Those who are gone are no longer checked.
  void set_peers(std::span<const peer_target> peers, time_point now);
  // Whether that matters to anybody.
  [[nodiscard]] bool wants_peers() const { return wants_peers_; }

  // Handles all that is due by now.
  void tick(time_point now);
  // When the next tick is due; nothing: never.
  [[nodiscard]] std::optional<time_point> next() const;
  // Looks to begin, each until finish(); some wait while `concurrent` are under way.
  [[nodiscard]] std::vector<board_wish> take_looks(time_point now);
  // The look is over. Those of subjects that are gone are ignored.
  void finish(check_id of, check_verdict verdict, std::string_view output, time_point now);
  // Whether somebody still waits for the look.
  [[nodiscard]] bool wanted(check_id of) const { return find(of) != nullptr; }
  [[nodiscard]] std::string subject_of(check_id of) const;  // empty: gone
  [[nodiscard]] status push(const pushed_verdict& what, time_point now);

  [[nodiscard]] board_news take_news() { return std::exchange(news_, {}); }
  // Every score that is known and not 1, once more.
  void repeat_scores();

  [[nodiscard]] std::optional<double> score_of(std::string_view subject) const;
  [[nodiscard]] double lowest_score() const;
  [[nodiscard]] std::vector<check_view> checks(time_point now) const;
  [[nodiscard]] std::vector<subject_view> subjects() const;
  [[nodiscard]] const check_rules& rule(std::size_t index) const { return checks_[index]; }
  [[nodiscard]] const board_counts& counts() const { return counts_; }
  [[nodiscard]] std::size_t running() const { return running_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  [[nodiscard]] std::size_t count(check_level level) const {
    return at_level_[static_cast<std::size_t>(level)];
  }

 private:
  struct entry {
    explicit entry(const check_rules& r)
        : state(r.levels), restarts(r.restart_budget, r.restart_window) {}
    check_id id;
    std::size_t rule = 0;
    std::string subject;
    std::string address;
    check_state state;
    check_verdict last = check_verdict::pass;
    std::string output;
    std::uint64_t runs = 0;
    time_point since{};
    time_point started{};           // of the last look, or of what stands for one
    std::optional<time_point> due;  // of the next look, or the end of patience with pushers
    bool running = false;
    std::optional<time_point> recovered;
    std::optional<time_point> restart;  // when to try again
    budget restarts;
    std::optional<time_point> wake;  // as it stands in agenda_
  };
  struct subject_state {
    std::vector<std::uint32_t> slots;
    std::optional<subject_view> told;
  };

  void add(std::size_t rule, const std::string& subject, const std::string& address,
           time_point now);
  void remove(entry& gone, time_point now);
  void heard(entry& of, check_verdict verdict, std::string_view output, bool decided,
             time_point now);
  void changed(entry& of, check_level from, time_point now);
  void want_restart(entry& of, time_point now);
  void wake_up(entry& of, time_point now);
  void plan(entry& of, time_point now);
  void rethink(const std::string& subject, time_point now);
  [[nodiscard]] std::string reason_of(const subject_state& of, time_point now) const;
  [[nodiscard]] entry* find(check_id id) const;
  [[nodiscard]] std::vector<const entry*> sorted() const;

  const std::vector<check_rules> checks_;
  const board_rules rules_;
  random_stream& random_;
  bool wants_peers_ = false;
  std::vector<std::unique_ptr<entry>> entries_;
  std::vector<std::uint32_t> free_;
  std::uint32_t lives_ = 0;
  std::map<std::string, subject_state, std::less<>> subjects_;
  std::map<std::string, std::string, std::less<>> peers_;  // id and address
  std::set<std::pair<time_point, std::uint32_t>> agenda_;
  std::deque<check_id> waiting_;
  std::size_t running_ = 0;
  std::size_t at_level_[4] = {};
  board_counts counts_;
  board_news news_;
};

}  // namespace mw::checks
