// health_opinions: what several reporters think of many subjects; the lowest score counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/events_cluster.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// What one reporter said last.
struct health_opinion {
  std::string by;
  double score = 1;
  std::string reason;
};

// For everybody who hears `health.changed/1`: one rule for all. A reporter's opinion replaces its
// former one; nobody raises a score by speaking well of what somebody else has found to be bad. No
// opinion is a score of 1.
class health_opinions {
 public:
  static constexpr std::size_t reporters_max = 8;  // of one subject
  explicit health_opinions(std::size_t subjects_max = 65'536) : subjects_max_(subjects_max) {}

  // False: forgotten, since its score is no number from 0 to 1 or there is no room. Room is made by
  // forgetting good opinions, which changes no score.
  bool hear(const health_changed& told);

  [[nodiscard]] double score_of(std::string_view subject) const;
  // Sorted by score, the lowest first; null: nobody has said anything.
  [[nodiscard]] const std::vector<health_opinion>* of(std::string_view subject) const;
  [[nodiscard]] std::size_t size() const { return subjects_.size(); }

  // The subject is gone.
  void forget(std::string_view subject);

 private:
  void drop_good();

  const std::size_t subjects_max_;
  std::map<std::string, std::vector<health_opinion>, std::less<>> subjects_;
};

}  // namespace mw
