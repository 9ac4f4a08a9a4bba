// core_sealers: fake papers, real keys.
// SPDX-License-Identifier: Apache-2.0
#include "core_sealers.h"

#include "testing/world.h"

#include <algorithm>
#include <map>

namespace mw::tests {
namespace {

using sealing::limits;
using sealing::moment;

class one_sealer final : public sealer {
 public:
  one_sealer(const time_point& now, const limits& bounds, const std::string& node,
             std::uint64_t seed)
      : now_(now),
        library_(crypto::testing::repeatable(seed)),
        papers_(*library_, node),
        core_(*library_, papers_, {node, "test"}, bounds) {
    MW_ASSERT(core_.start(at()).ok(), "a first key can be made");
  }

  void attach(sealer_carrier* carrier) override { carrier_ = carrier; }
  void meet(std::string_view node, std::uint64_t life) override { core_.meet(node, life, at()); }
  void receive(std::string_view from, bytes_view message) override {
    core_.receive(from, message, at());
  }
  status seal(const seal_context& context, const message_out& body, message_out& into) override {
    return core_.seal(context, body, into, now_);
  }
  result<opened_message> open(const seal_context& context, bytes_view envelope) override {
    return core_.open(context, envelope, now_);
  }
  void step() {
    if (core_.next_tick() <= now_) core_.tick(at());
    for (const auto& one : core_.take_outputs())
      if (carrier_ != nullptr) carrier_->carry(one.to, one.message);
  }
  [[nodiscard]] const sealing::sealing_core& core() const { return core_; }

 private:
  [[nodiscard]] moment at() const { return {now_, {1'700'000'000s + now_.since_start}}; }
  const time_point& now_;
  std::unique_ptr<crypto::library> library_;
  sealing::testing::fake_notary papers_;
  sealing::sealing_core core_;
  sealer_carrier* carrier_ = nullptr;
};

}  // namespace

class core_sealers::state {
 public:
  limits bounds;
  time_point now{1s};
  std::uint64_t lives = 0;
  std::map<std::string, std::unique_ptr<one_sealer>> all;
};

core_sealers::core_sealers() : state_(std::make_unique<state>()) {}
core_sealers::~core_sealers() = default;

sealer* core_sealers::boot(const std::string& node) {
  auto& place = state_->all[node];
  place = std::make_unique<one_sealer>(state_->now, state_->bounds, node, ++state_->lives);
  return place.get();
}

void core_sealers::step(time_point now) {
  state_->now = now;
  for (auto& [node, one] : state_->all) one->step();
}

std::uint64_t core_sealers::refused(const std::string& node, std::string_view why) const {
  const auto& names = sealing::refusal_names;
  const auto at = std::find(names.begin(), names.end(), why);
  MW_ASSERT(at != names.end(), "a reason that exists");
  return state_->all.at(node)->core().refused()[static_cast<std::size_t>(at - names.begin())];
}

}  // namespace mw::tests
