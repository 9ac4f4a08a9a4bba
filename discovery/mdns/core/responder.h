// responder: claims this node's names, answers for them, defends them and takes them back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/bucket.h"
#include "core/own_records.h"

#include <mw/random.h>

#include <deque>
#include <optional>
#include <vector>

namespace mw::mdns {

// A step function (RFC 6762, sections 6 and 8 to 10). Each call may add packets to `out`, which the
// caller sends.
class responder {
 public:
  enum class phase : std::uint8_t { idle, probing, announcing, steady };

  responder(const settings& how, random_stream& dice, counts& counted)
      : how_(how), dice_(dice), counts_(counted), replies_(how.replies) {}

  // Claims names for `what`; facts that changed under the same names are told without asking again.
  void publish(facts what, time_point now, std::vector<packet>& out);
  // Takes everything back: goodbye, twice, since packets get lost.
  void withdraw(time_point now);

  void heard_query(const dns::message& query, const endpoint& from, time_point now,
                   std::vector<packet>& out);
  // A record in an answer of somebody else.
  void heard_record(const record& other, time_point now);
  void tick(time_point now, std::vector<packet>& out);

  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] phase at() const { return phase_; }
  [[nodiscard]] const own_names& names() const { return names_; }
  [[nodiscard]] unsigned attempt() const { return attempt_; }
  [[nodiscard]] bool saying_goodbye() const { return goodbyes_left_ > 0; }

 private:
  void begin_probing(time_point now, duration wait);
  void rename(time_point now);
  void conflict(time_point now);
  void step(time_point now, std::vector<packet>& out);
  void probe(std::vector<packet>& out) const;
  void say_goodbye(bool shared_only, time_point now);
  void send(const std::vector<own_record*>& answers, time_point now, std::vector<packet>& out);
  void compare_probe(const dns::message& query, time_point now);
  void forget_known(const dns::message& query, const endpoint& from);
  [[nodiscard]] std::vector<own_record*> matches(const dns::question& about);
  void plan(own_record& one, const dns::message& query, const dns::question& why,
            const endpoint& from, time_point now);
  void reply_alone(const dns::message& query, const std::vector<own_record*>& answers,
                   const endpoint& to, time_point now, std::vector<packet>& out);
  [[nodiscard]] bool is_ours(const name& about) const;
  [[nodiscard]] duration between(duration low, duration high);

  const settings& how_;
  random_stream& dice_;
  counts& counts_;
  lan::bucket replies_;
  phase phase_ = phase::idle;
  std::optional<facts> facts_;
  own_names names_;
  unsigned attempt_ = 1;
  std::vector<own_record> records_;
  int steps_ = 0;  // probes or announcements so far
  time_point step_due_ = never;
  bool told_ = false;                 // others may have these records
  std::deque<time_point> conflicts_;  // the last of them
  std::vector<record> goodbye_;
  int goodbyes_left_ = 0;
  time_point goodbye_due_ = never;
};

}  // namespace mw::mdns
