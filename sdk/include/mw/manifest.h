// manifest: what a plug-in declares about itself, read before anything starts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/bus.h>
#include <mw/contract.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

enum class need_count : std::uint8_t { one, optional, many };

// A contract that a plug-in uses. `slot` is both the argument of host.use() and the YAML key that
// chooses the provider: `transport: tls`.
struct contract_need {
  std::string slot;
  std::string contract;
  std::string doc;
  need_count count = need_count::one;
  capabilities wanted;
};

struct contract_offer {
  std::string contract;
  capabilities has;
};

enum class plugin_stability : std::uint8_t { wip, alpha, stable };
enum class plugin_trust : std::uint8_t { local_only, authenticated_peer, hostile_peer };

// Filled by `static void describe(mw::manifest&)` of the plug-in class.
class manifest {
 public:
  // One sentence: what the plug-in does.
  manifest& about(std::string_view text) { return summary = text, *this; }

  template <class Event>
  manifest& publishes() {
    return published.push_back(&event_type_of<Event>), *this;
  }
  template <class Event>
  manifest& subscribes() {
    return subscribed.push_back(&event_type_of<Event>), *this;
  }

  template <contract_type Contract>
  manifest& provides(capabilities has = {}) {
    offers.push_back({std::string(Contract::contract), std::move(has)});
    return *this;
  }
  template <contract_type Contract>
  manifest& uses(std::string_view slot, std::string_view doc, capabilities wanted = {}) {
    return add_need<Contract>(slot, doc, need_count::one, std::move(wanted));
  }
  template <contract_type Contract>
  manifest& may_use(std::string_view slot, std::string_view doc, capabilities wanted = {}) {
    return add_need<Contract>(slot, doc, need_count::optional, std::move(wanted));
  }
  template <contract_type Contract>
  manifest& uses_all(std::string_view slot, std::string_view doc, capabilities wanted = {}) {
    return add_need<Contract>(slot, doc, need_count::many, std::move(wanted));
  }

  // The plug-in calls host.ready() itself; without this it is ready when start() returned.
  manifest& reports_ready() { return ready_by_report = true, *this; }
  // Wraps a foreign I/O library: excused from the purity checks, refused by the simulator.
  manifest& uses_foreign_io() { return foreign_io = true, *this; }
  manifest& stability(plugin_stability s) { return stable = s, *this; }
  manifest& trust(plugin_trust t) { return trusted = t, *this; }

  std::string summary;
  std::vector<const event_type*> published;
  std::vector<const event_type*> subscribed;
  std::vector<contract_offer> offers;
  std::vector<contract_need> needs;
  bool ready_by_report = false;
  bool foreign_io = false;
  plugin_stability stable = plugin_stability::alpha;
  plugin_trust trusted = plugin_trust::local_only;

 private:
  template <contract_type Contract>
  manifest& add_need(std::string_view slot, std::string_view doc, need_count count,
                     capabilities c) {
    needs.push_back({std::string(slot), std::string(Contract::contract), std::string(doc), count,
                     std::move(c)});
    return *this;
  }
};

}  // namespace mw
