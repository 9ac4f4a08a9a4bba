// presence_plugin: the plug-in around a crier; the options say which way packets go.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/presence/crier.h"

#include <mw/plugin.h>

#include <utility>

namespace mw::presence {

// Options: common_options with `about`, `metric_prefix` and way_on().
template <class Options>
class presence_plugin final : public plugin {
 public:
  using options = Options;

  static void describe(manifest& m) {
    m.about(Options::about);
    m.provides<discovery>({{"announces"}, {"watches"}})
        .publishes<peer_found>()
        .publishes<peer_lost>()
        .stability(plugin_stability::alpha)
        .trust(plugin_trust::hostile_peer);
  }
  presence_plugin(host& node, const options& opt)
      : crier_(node, opt, Options::metric_prefix,
               [&opt](const lan::interface& where) { return opt.way_on(where); }) {
    node.provide<discovery>(crier_);
  }
  status start() override { return crier_.start(); }
  void drain(function<void()> done) override { crier_.drain(std::move(done)); }

 private:
  crier crier_;
};

}  // namespace mw::presence
