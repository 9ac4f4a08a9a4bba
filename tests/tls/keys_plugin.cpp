// test.keys: credentials from the YAML; an action takes another set.
// SPDX-License-Identifier: Apache-2.0
#include <mw/credentials.h>
#include <mw/plugin.h>

#include <utility>
#include <vector>

namespace {

struct one_set {
  std::string chain;
  std::string key;
  std::string trust;
  std::string revoked;
  std::string identity;
  void fields(mw::field_visitor& v) {
    v.field("chain", chain, "PEM");
    v.field("key", key, "PEM");
    v.field("trust", trust, "PEM");
    v.field("revoked", revoked, "PEM");
    v.field("identity", identity, "URI");
  }
};

class test_keys final : public mw::plugin, private mw::credentials {
 public:
  struct options {
    std::vector<one_set> sets;
    void fields(mw::field_visitor& v) { v.field("sets", sets, "POST /NAME/next takes the next."); }
  };

  static void describe(mw::manifest& m) {
    m.about("Credentials for tests.").provides<mw::credentials>();
  }

  test_keys(mw::host& host, options opt)
      : host_(host), options_(std::move(opt)), next_(offer(host)), told_(host.make_timer([this] {
          for (watcher* const one : std::vector<watcher*>(watchers_)) one->changed();
        })) {
    take(0);
    host.provide<mw::credentials>(*this);
  }

 private:
  struct watcher final : mw::credential_watch {
    watcher(test_keys& of, mw::function<void()> call) : owner(of), changed(std::move(call)) {
      owner.watchers_.push_back(this);
    }
    ~watcher() override { std::erase(owner.watchers_, this); }
    test_keys& owner;
    mw::function<void()> changed;
  };

  [[nodiscard]] mw::credential_ptr current() const override { return current_; }
  [[nodiscard]] std::unique_ptr<mw::credential_watch> watch(mw::function<void()> changed) override {
    return std::make_unique<watcher>(*this, std::move(changed));
  }

  std::unique_ptr<mw::admin_offer> offer(mw::host& host) {
    return host.admin().offer(
        {"/" + std::string(host.name()) + "/next", "Takes the next set.", mw::admin_kind::action},
        [this](const mw::admin_request&, const mw::admin_reply& reply) {
          take((at_ + 1) % options_.sets.size());
          told_->arm(mw::duration::zero());
          reply({});
        });
  }

  void take(std::size_t at) {
    at_ = at;
    const one_set& from = options_.sets.at(at);
    mw::credential_set set;
    set.epoch = ++epoch_;
    set.identity = from.identity;
    set.chain = from.chain;
    set.key = mw::secret(from.key);
    set.trust = from.trust;
    set.revoked = from.revoked;
    set.not_before = {host_.wall_now().since_epoch - std::chrono::hours(24)};
    set.not_after = {host_.wall_now().since_epoch + std::chrono::hours(24)};
    current_ = std::make_shared<const mw::credential_set>(std::move(set));
  }

  mw::host& host_;
  const options options_;
  std::size_t at_ = 0;
  std::uint64_t epoch_ = 0;
  mw::credential_ptr current_;
  std::vector<watcher*> watchers_;
  std::unique_ptr<mw::admin_offer> next_;
  mw::timer told_;
};

}  // namespace

MW_PLUGIN(test_keys, "test.keys", "0.1.0")
