// directory: services by number, and for each who may be asked and the picker that chooses.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"
#include "engine/metrics.h"
#include "engine/peers.h"
#include "guard/sealing.h"

#include <mw/balancer.h>
#include <mw/router.h>

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::routing {

// A service that somebody here calls or offers.
struct service {
  std::uint32_t number = 0;
  std::string name;
  std::uint64_t hash = 0;
  seal_mode seal = seal_mode::none;
  std::uint64_t offer = 0;  // who serves it here; zero: nobody
  std::unique_ptr<picker> choice;
  std::vector<std::uint32_t> members;  // who offers it and is up, as peer indexes
  std::uint64_t built = 0;             // peer_book::version() of `members`
  service_metrics metrics;
};

class directory {
 public:
  directory(peer_book& peers, balancer* balancer, metrics& counts, std::uint32_t names_max);

  // For services that are opened from now on; the rules outlive this.
  void seal_by(const std::vector<seal_rule>& rules) { seal_rules_ = &rules; }
  // By name; made when it is new. `invalid`, `overloaded`, or `invalid` for a clash of hashes.
  [[nodiscard]] result<service*> open(std::string_view name);
  [[nodiscard]] service* find(service_ref ref) {
    return ref.number == 0 || ref.number > by_number_.size() ? nullptr : by_number_[ref.number - 1];
  }
  [[nodiscard]] service* find_hash(std::uint64_t hash) {
    if (last_ != nullptr && last_->hash == hash) return last_;
    return look_up(hash);
  }
  // Brings members and picker up to date.
  void refresh(service& s) {
    if (s.built != peers_.version()) [[unlikely]]
      rebuild(s);
  }

 private:
  [[nodiscard]] service* look_up(std::uint64_t hash);
  void rebuild(service& s);
  void rest_the_stopped();

  peer_book& peers_;
  balancer* balancer_;
  metrics& counts_;
  std::uint32_t names_max_;
  const std::vector<seal_rule>* seal_rules_ = nullptr;
  std::deque<service> services_;
  std::vector<service*> by_number_;
  flat_map<number_key> by_hash_;
  service* last_ = nullptr;            // that was found by its hash
  std::vector<candidate> candidates_;  // kept for its memory
};

}  // namespace mw::routing
