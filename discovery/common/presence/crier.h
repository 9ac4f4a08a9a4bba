// crier: the adapter that discovery.beacon and discovery.broadcast share; they differ in the way.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/lan/told_trouble.h"
#include "common/presence/metrics.h"
#include "common/presence/settings.h"
#include "common/sources/published_peers.h"
#include "common/sources/waiters.h"

#include <mw/discovery.h>
#include <mw/host.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::presence {

// How packets go to all on one interface.
struct way {
  endpoint to;
  endpoint bind;
  datagram_options how;
  bool joins = false;  // a group, which is what `to` names
};

// Lives in the plug-in, which passes start() and drain() on.
class crier final : public discovery {
 public:
  crier(host& node, const common_options& opt, const std::string& metric_prefix,
        const function<way(const lan::interface&)>& way_on);
  crier(const crier&) = delete;
  crier& operator=(const crier&) = delete;
  ~crier();

  status start();
  void drain(function<void()> done);

  std::vector<peer_found> peers() const override { return listed_.list(); }
  void refresh(function<void(status)> done) override;
  result<std::unique_ptr<announcement>> announce(const self_description& self) override;

 private:
  class post;
  class announced;

  void say(const std::optional<own_facts>& what);
  [[nodiscard]] std::optional<own_facts> from_options() const;
  void withdraw();
  void list();
  void publish_peers();
  void answer();
  void tell_trouble();
  [[nodiscard]] std::string trouble() const;
  [[nodiscard]] std::string interfaces_json() const;

  host& node_;
  const common_options opt_;
  const metrics metrics_;
  sources::published_peers listed_;
  lan::told_trouble told_;
  function<void()> drained_;
  sources::waiters asked_;
  std::vector<std::unique_ptr<post>> posts_;
  std::vector<std::unique_ptr<admin_offer>> pages_;  // the rest last: they die first
  timer listing_;
  timer answering_;
  timer leaving_;
};

}  // namespace mw::presence
