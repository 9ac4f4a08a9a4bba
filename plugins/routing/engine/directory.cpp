// directory: a service's list is rebuilt when it is used after a change, not at the change.
// SPDX-License-Identifier: Apache-2.0
#include "engine/directory.h"

#include "wire/envelope.h"

#include <algorithm>

namespace mw::routing {
namespace {

// Without a balancer: the next of the list each time.
class rotation final : public picker {
 public:
  void assign(std::span<const candidate> candidates) override {
    keys_.clear();
    for (const candidate& c : candidates) keys_.push_back(c.key);
  }
  [[nodiscard]] std::optional<candidate_key> pick(const pick_request& request) noexcept override {
    for (std::size_t tried = 0; tried < keys_.size(); ++tried) {
      const candidate_key key = keys_[next_++ % keys_.size()];
      if (std::find(request.avoid.begin(), request.avoid.end(), key) == request.avoid.end())
        return key;
    }
    return std::nullopt;
  }
  void finished(const call_outcome&) noexcept override {}
  [[nodiscard]] std::vector<candidate_view> explain() const override {
    std::vector<candidate_view> all;
    for (const candidate_key key : keys_) all.push_back({key, 0, "each in its turn"});
    return all;
  }

 private:
  std::vector<candidate_key> keys_;
  std::size_t next_ = 0;
};

}  // namespace

directory::directory(peer_book& peers, balancer* balancer, metrics& counts, std::uint32_t names_max)
    : peers_(peers), balancer_(balancer), counts_(counts), names_max_(names_max) {}

result<service*> directory::open(std::string_view name) {
  MW_CHECK(check_name("the name of a service", name));
  const std::uint64_t hash = service_hash(name);
  if (service* const known = find_hash(hash)) {
    if (known->name == name) return known;
    return failure(errc::invalid, "the names " + std::string(name) + " and " + known->name +
                                      " have the same hash: rename one of the services");
  }
  if (services_.size() >= names_max_)
    return failure(errc::overloaded, "services_max: " + std::to_string(names_max_) +
                                         " names are in use, no room for " + std::string(name));
  service& made = services_.emplace_back();
  made.number = static_cast<std::uint32_t>(services_.size());
  made.name = name;
  made.hash = hash;
  if (seal_rules_ != nullptr) made.seal = seal_mode_of(*seal_rules_, name);
  made.metrics = counts_.of_service(name);
  by_number_.push_back(&made);
  by_hash_.set({hash}, made.number);
  return &made;
}

service* directory::look_up(std::uint64_t hash) {
  const auto number = by_hash_.find({hash});
  if (!number) return nullptr;
  last_ = by_number_[*number - 1];
  return last_;
}

// Who should get nothing gets nothing, unless that goes for all: a poor chance beats none.
void directory::rest_the_stopped() {
  const auto stopped = [](const candidate& c) { return c.weight <= 0; };
  if (std::all_of(candidates_.begin(), candidates_.end(), stopped))
    for (candidate& c : candidates_) c.weight = 1;
  else
    std::erase_if(candidates_, stopped);
}

void directory::rebuild(service& s) {
  if (s.choice == nullptr)
    s.choice = balancer_ != nullptr ? balancer_->open(s.name) : std::make_unique<rotation>();
  s.built = peers_.version();
  s.members.clear();
  candidates_.clear();
  peers_.each([&](const peer& p) {
    if (!p.up() || p.key == 0) return;
    const offered_name* const offered = p.offers(s.hash);
    if (offered == nullptr) return;
    // Another name of the same hash: not what is meant here.
    if (offered->name != s.name) return counts_.refused(refusal::name_clash);
    s.members.push_back(p.index);
    candidates_.push_back({.key = p.key, .zone = p.view.zone, .weight = p.weight});
  });
  rest_the_stopped();
  s.choice->assign(candidates_);
}

}  // namespace mw::routing
