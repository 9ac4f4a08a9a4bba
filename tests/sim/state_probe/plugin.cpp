// state_probe: writes to the shared state, and says what became of it.
// SPDX-License-Identifier: Apache-2.0
#include <mw/plugin.h>
#include <mw/shared_state.h>

#include <string>
#include <vector>

namespace {

class state_probe final : public mw::plugin {
 public:
  struct options {
    mw::duration period{100'000'000};
    mw::duration quiet_after{40'000'000'000};
    mw::duration remove_at{};
    void fields(mw::field_visitor& v) {
      v.field("period", period, "Between writes.");
      v.field("quiet_after", quiet_after, "When the last write is made, from the first start on.");
      v.field("remove_at", remove_at, "When the shared register is removed; 0: only by chance.");
    }
  };

  static void describe(mw::manifest& m) {
    m.about("Writes to the shared state and audits what became of it.")
        .uses<mw::shared_state>("state", "Is written to.");
  }

  state_probe(mw::host& host, const options& opt)
      : host_(host),
        options_(opt),
        state_(host.use<mw::shared_state>("state")),
        dice_(host.random("writes")),
        run_(std::to_string(host.random("names").next() % 1'000'000)),
        added_(host.gauge("mw_state_probe_added", "What this life added to the counter.")),
        value_(host.gauge("mw_state_probe_value", "The counter, as it is seen here.")),
        siblings_(host.gauge("mw_state_probe_siblings", "Most values seen at once.")),
        shared_(host.gauge("mw_state_probe_shared", "Values of the shared register.")),
        back_(host.gauge("mw_state_probe_back", "Removed entries that are there.")),
        lost_(host.gauge("mw_state_probe_lost", "Own writes that are not there.")),
        refused_(host.gauge("mw_state_probe_refused", "Writes that were refused.")) {}

  mw::status start() override {
    write_ = host_.every(options_.period, [this] { write(); });
    look_ = host_.every(options_.period, [this] { look(); });
    if (const mw::duration left = options_.remove_at - host_.now().since_start;
        left > mw::duration::zero())
      remove_ = host_.after(left, [this] { (void)state_.remove("shared"); });
    return {};
  }

 private:
  [[nodiscard]] bool quiet() const {
    // The world's wall clock begins at zero of a day; lives after a crash are quiet in time, too.
    return host_.now().since_start > options_.quiet_after;
  }

  void check(const mw::status& done) {
    if (!done) refused_.add(1);
  }

  void write() {
    if (quiet()) return write_.reset();
    const auto delta = static_cast<std::int64_t>(dice_.below(9)) - 2;
    const auto sum = state_.add("hits", delta);
    if (sum)
      added_.add(static_cast<double>(delta));
    else
      refused_.add(1);
    mine_ = std::to_string(dice_.next());
    check(state_.set(own(), mw::as_bytes(mine_)));
    if (dice_.chance(0.2)) check(state_.set("shared", mw::as_bytes(mine_)));
    if (dice_.chance(0.05)) (void)state_.remove("shared");
    if (dice_.chance(0.2)) {
      const std::string name = "gone." + run_ + "." + std::to_string(++made_);
      check(state_.set(name, mw::as_bytes(mine_)));
      doomed_.push_back(name);
    }
    if (!doomed_.empty() && dice_.chance(0.2)) {
      check(state_.remove(doomed_.front()));
      removed_.push_back(doomed_.front());
      doomed_.erase(doomed_.begin());
    }
  }

  [[nodiscard]] std::string own() const { return "own." + run_; }

  void look() {
    value_.set(static_cast<double>(state_.value("hits")));
    shared_.set(static_cast<double>(state_.get("shared").size()));
    siblings_.set(std::max(siblings_.value(), shared_.value()));
    double back = 0;
    for (const std::string& name : removed_)
      if (!state_.get(name).empty()) ++back;
    back_.set(back);
    const bool kept = mine_.empty() || state_.get(own()) == std::vector<std::string>{mine_};
    lost_.set(kept ? 0 : 1);
  }

  mw::host& host_;
  options options_;
  mw::shared_state& state_;
  mw::random_stream& dice_;
  std::string run_;
  mw::gauge added_;
  mw::gauge value_;
  mw::gauge siblings_;
  mw::gauge shared_;
  mw::gauge back_;
  mw::gauge lost_;
  mw::gauge refused_;
  std::string mine_;
  std::uint64_t made_ = 0;
  std::vector<std::string> doomed_;
  std::vector<std::string> removed_;
  mw::timer write_;  // these last: they die first
  mw::timer look_;
  mw::timer remove_;
};

}  // namespace

MW_PLUGIN(state_probe, "state_probe", "1.0.0")
