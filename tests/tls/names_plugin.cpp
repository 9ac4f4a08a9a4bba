// test.names: every leaf is the node that its URI ends with; an action denies one.
// SPDX-License-Identifier: Apache-2.0
#include "engine/chain_rules.h"

#include <mw/authn.h>
#include <mw/plugin.h>

#include <set>
#include <utility>
#include <vector>

namespace {

class test_names final : public mw::plugin, private mw::authn {
 public:
  static void describe(mw::manifest& m) { m.about("Identities for tests.").provides<mw::authn>(); }

  explicit test_names(mw::host& host)
      : deny_(host.admin().offer(
            {"/" + std::string(host.name()) + "/deny/*", "Denies a node.", mw::admin_kind::action},
            [this](const mw::admin_request& request, const mw::admin_reply& reply) {
              denied_.emplace(request.path.substr(request.path.rfind('/') + 1));
              told_->arm(mw::duration::zero());
              reply({});
            })),
        told_(host.make_timer([this] {
          for (watcher* const one : std::vector<watcher*>(watchers_)) one->changed();
        })) {
    host.provide<mw::authn>(*this);
  }

 private:
  struct watcher final : mw::authn_watch {
    watcher(test_names& of, mw::function<void()> call) : owner(of), changed(std::move(call)) {
      owner.watchers_.push_back(this);
    }
    ~watcher() override { std::erase(owner.watchers_, this); }
    test_names& owner;
    mw::function<void()> changed;
  };

  [[nodiscard]] mw::result<mw::peer_identity> identify(mw::bytes_view leaf,
                                                       mw::peer_side) override {
    const auto* at = reinterpret_cast<const unsigned char*>(leaf.data());
    const mw::tls::certificate_ptr certificate(
        d2i_X509(nullptr, &at, static_cast<long>(leaf.size())));
    if (!certificate) return {mw::errc::denied, "AUTH001: not a certificate"};
    mw::peer_identity who;
    who.uri = mw::tls::name_of(*certificate);
    who.node = who.uri.substr(who.uri.rfind('/') + 1);
    who.not_after = mw::tls::end_of(*certificate);
    if (const mw::status good = still_good(who); !good) return good.error();
    return who;
  }
  [[nodiscard]] mw::status still_good(const mw::peer_identity& who) const override {
    if (denied_.contains(who.node))
      return {mw::errc::denied, "AUTH029: " + who.node + " is denied"};
    return {};
  }
  [[nodiscard]] std::unique_ptr<mw::authn_watch> watch(mw::function<void()> changed) override {
    return std::make_unique<watcher>(*this, std::move(changed));
  }

  std::set<std::string, std::less<>> denied_;
  std::vector<watcher*> watchers_;
  std::unique_ptr<mw::admin_offer> deny_;
  mw::timer told_;
};

}  // namespace

MW_PLUGIN(test_names, "test.names", "0.1.0")
