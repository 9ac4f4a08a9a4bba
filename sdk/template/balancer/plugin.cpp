// @name@: round robin over the candidates; begin here for a policy of your own.
// SPDX-License-Identifier: Apache-2.0
#include <mw/balancer.h>
#include <mw/plugin.h>

#include <algorithm>

namespace {

// One service. Owned by whoever routes the requests; keeps nothing that the plug-in owns but cells
// of metrics, which live longer.
class @class@_picker final : public mw::picker {
 public:
  explicit @class@_picker(mw::counter picks) : picks_(picks) {}

  void assign(std::span<const mw::candidate> candidates) override {
    list_.clear();
    for (const mw::candidate& one : candidates) list_.push_back(one.key);
    if (next_ >= list_.size()) next_ = 0;
  }

  std::optional<mw::candidate_key> pick(const mw::pick_request& request) noexcept override {
    for (std::size_t tried = 0; tried < list_.size(); ++tried) {
      const mw::candidate_key key = list_[next_];
      next_ = next_ + 1 == list_.size() ? 0 : next_ + 1;
      if (std::find(request.avoid.begin(), request.avoid.end(), key) != request.avoid.end())
        continue;
      picks_.add();
      return key;
    }
    return std::nullopt;
  }

  // Round robin learns nothing; a policy that does keeps what it learns by key.
  void finished(const mw::call_outcome&) noexcept override {}

  std::vector<mw::candidate_view> explain() const override {
    std::vector<mw::candidate_view> views;
    for (std::size_t i = 0; i < list_.size(); ++i) {
      const std::size_t wait = (i + list_.size() - next_) % list_.size();
      views.push_back({list_[i], static_cast<double>(wait),
                       "its turn comes after " + std::to_string(wait) + " others"});
    }
    return views;
  }

 private:
  std::vector<mw::candidate_key> list_;
  std::size_t next_ = 0;  // below list_.size(), or zero
  mw::counter picks_;
};

class @class@ final : public mw::plugin, private mw::balancer {
 public:
  static void describe(mw::manifest& m) {
    m.about("Gives requests to the candidates in turn.").provides<mw::balancer>();
  }

  explicit @class@(mw::host& host)
      : picks_(host.counter("mw_@class@_picks_total", "Requests given to a peer.")) {
    host.provide<mw::balancer>(*this);
  }

 private:
  std::unique_ptr<mw::picker> open(std::string_view) override {
    return std::make_unique<@class@_picker>(picks_);
  }

  mw::counter picks_;
};

}  // namespace

MW_PLUGIN(@class@, "@name@", "0.1.0")
