// agent: one shared state on one node: rounds with peers, pushes, watchers and the snapshot.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/comparison.h"
#include "core/snapshot.h"
#include "metrics.h"
#include "node/watchers.h"
#include "settings.h"

#include <mw/events_state.h>
#include <mw/host.h>
#include <mw/router.h>
#include <mw/services.h>
#include <mw/shared_state.h>

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

class agent final : public shared_state {
 public:
  agent(host& node, const settings& opt);
  ~agent() = default;
  agent(const agent&) = delete;
  agent& operator=(const agent&) = delete;

  [[nodiscard]] status start();
  void drain(function<void()> done);

  // ---- shared_state/1
  status set(std::string_view name, bytes_view value) override;
  status remove(std::string_view name) override;
  std::vector<std::string> get(std::string_view name) const override;
  result<std::int64_t> add(std::string_view name, std::int64_t delta) override;
  std::int64_t value(std::string_view name) const override;
  result<state_watch_ptr> watch(std::string_view prefix,
                                function<void(const state_entry&)> changed) override;

  // ---- for pages
  [[nodiscard]] const table& entries() const { return table_; }
  [[nodiscard]] rank place() const { return place_.now(); }
  [[nodiscard]] std::size_t peers() const { return peers_.size(); }  // at the last round

 private:
  enum class learned : std::uint8_t { here, pushed, compared };

  // ---- agent.cpp: peers
  [[nodiscard]] status begin();
  void find_peers();
  void round();
  void compare_with(std::string peer);
  void ask(const std::string& peer, std::string_view bytes);
  void hear(const std::string& peer, const mw::answer& a);
  void end_round(bool well);
  void serve(const incoming& in);
  void push();
  [[nodiscard]] message_out& fill(std::string_view bytes);
  [[nodiscard]] route to(const std::string& peer) const;

  // ---- agent_state.cpp: changes
  void changed(learned how);
  void tell();
  [[nodiscard]] status open() const;
  void note_place();
  void note_dropped(std::string_view peer);
  [[nodiscard]] std::uint64_t new_life() const;

  // ---- agent_files.cpp
  void load(function<void()> done);
  void restore(const snapshot& s, function<void()> done);
  void save_soon();
  void save(bool clean, function<void(status)> done);
  void write(std::string bytes, function<void(status)> done);

  host& node_;
  const settings opt_;
  router& router_;
  services& home_;
  random_stream& dice_;
  metrics metrics_;
  publisher<state_changed> published_;
  table table_;
  standing place_;
  party party_;  // the two above
  watchers watchers_;

  service_ref service_;
  std::vector<std::string> peers_;       // that are up and have this state
  std::optional<comparison> comparing_;  // one at a time
  std::deque<std::uint64_t> to_push_;
  std::set<std::uint64_t> waiting_;  // keys in `to_push_`
  std::set<std::uint64_t> news_;     // keys that watchers have not heard of
  time_point last_compared_{};
  std::uint64_t dropped_ = 0;  // that was said already
  wall_time compared_{};       // the same for the next life
  bool loaded_ = false;        // before that there is nothing to save
  bool closed_ = false;

  bool saving_ = false;
  bool dirty_ = false;
  function<void()> saved_;  // waits for the write that is under way
  file_ptr reading_;
  file_ptr writing_;
  registration_ptr offer_;  // these last: they die first
  timer round_timer_;
  timer push_timer_;
  timer news_timer_;
  timer save_timer_;
};

}  // namespace mw::anti_entropy
