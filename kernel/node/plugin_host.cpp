// plugin_host: builds the table of services, runs the constructor, accounts for what is left.
// SPDX-License-Identifier: Apache-2.0
#include "node/plugin_host.h"

#include "config/options/option_reader.h"

#include <mw/toolkit/hash.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mw::kernel {

plugin_host::plugin_host(node_parts& parts, lane& on, const stanza& of, slot_lookup bound,
                         host_reports reports)
    : parts_(parts),
      lane_(on),
      stanza_(of),
      bound_(std::move(bound)),
      reports_(std::move(reports)),
      client_{of.name, on.index(), of.plugin->declared, ledger_},
      outside_(on.outside().services_for({parts.info.id, of.name, parts.info.data_dir, ledger_})),
      log_(parts.make_log(of.name)),
      metrics_(parts.make_metrics(of.name, on.index())),
      bus_(parts.bus->service_for(client_)),
      admin_(parts.admin.service_for(of.name, on, ledger_)),
      services_{.node = &parts.info,
                .plugin_name = stanza_.name,
                .time = this,
                .random = this,
                .streams = &outside_->streams(),
                .datagrams = &outside_->datagrams(),
                .files = &outside_->files(),
                .work = &outside_->work(),
                .log = log_.get(),
                .metrics = metrics_.get(),
                .bus = bus_.get(),
                .wiring = this,
                .status = this,
                .admin = admin_.get(),
                .names = &outside_->names(),
                .processes = &outside_->processes()},
      host_(services_) {}

plugin_host::~plugin_host() = default;

status plugin_host::construct() {
  const lane_occupant here = lane_.occupy(stanza_.name);
  // The settings were checked when the node was composed; this reading only fills the struct.
  diagnostics repeated;
  option_context context{parts_.document->sources, repeated, [this](const std::string& path) {
                           return parts_.document->read_secret(path);
                         }};
  option_reader reader(context, stanza_.settings, "plugins." + stanza_.name);
  std::string error;
  instance_.reset(stanza_.plugin->descriptor->create(host_, reader, error));
  if (instance_ == nullptr && error.empty()) error = "the constructor gave no instance";
  return collect_mistakes(std::move(error));
}

status plugin_host::start() {
  const lane_occupant here = lane_.occupy(stanza_.name);
  // start() may throw like any code of a plug-in; the border is here.
  try {
    return instance_->start();
  } catch (const std::exception& e) {
    return {errc::internal, std::string("start() threw: ") + e.what()};
  }
}

status plugin_host::collect_mistakes(std::string constructor_error) {
  auto gather = [this](std::vector<failure> more) {
    std::move(more.begin(), more.end(), std::back_inserter(mistakes_));
  };
  gather(parts_.bus->take_failures(stanza_.name));
  gather(parts_.metric_failures(stanza_.name));
  gather(admin_->take_failures());
  for (const contract_offer& offer : stanza_.plugin->declared.offers) {
    if (constructor_error.empty() && !provided_.contains(offer.contract))
      mistakes_.emplace_back(errc::internal, "declares that it provides " + offer.contract +
                                                 " but its constructor does not provide it");
  }
  if (mistakes_.empty() && constructor_error.empty()) return {};
  std::string text = std::move(constructor_error);
  for (const failure& mistake : std::exchange(mistakes_, {}))
    text += (text.empty() ? "" : "; ") + mistake.text();
  return {errc::internal, std::move(text)};
}

std::string plugin_host::destroy() {
  const lane_occupant here = lane_.occupy(stanza_.name);
  instance_.reset();
  return leaks();
}

std::string plugin_host::leaks() const {
  const std::array<std::pair<std::string_view, std::int64_t>, 11> kinds{
      {{"stream", ledger_.streams},
       {"listener", ledger_.listeners},
       {"dial", ledger_.dials},
       {"datagram socket", ledger_.sockets},
       {"file", ledger_.files},
       {"work", ledger_.works},
       {"name question", ledger_.names},
       {"process", ledger_.processes},
       {"timer", ledger_.timers},
       {"subscription", ledger_.subscriptions},
       {"admin offer", ledger_.offers}}};
  std::string text;
  for (const auto& [kind, count] : kinds) {
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(kind) +
            (count == 1 ? "" : "s");
  }
  return text;
}

timer plugin_host::make_timer(function<void()> fire, bool periodic) {
  return lane_.make_timer(std::move(fire), periodic, ledger_.timers, &stanza_.name);
}

random_stream& plugin_host::stream(std::string_view purpose) {
  if (const auto known = randoms_.find(purpose); known != randoms_.end()) return known->second;
  const std::uint64_t seed =
      hash_mix(hash_mix(parts_.outside.seed(), hash_text(stanza_.name)), hash_text(purpose));
  return randoms_.emplace(std::string(purpose), random_stream(seed)).first->second;
}

std::vector<void*> plugin_host::bound(std::string_view slot, std::string_view contract) {
  for (const bound_slot& candidate : stanza_.slots) {
    if (candidate.slot != slot || candidate.contract != contract) continue;
    if (!candidate.by_kernel) return bound_(candidate);
    return {parts_.kernel_contract(contract, client_)};
  }
  mistakes_.emplace_back(errc::internal, "uses slot '" + std::string(slot) + "' with " +
                                             std::string(contract) +
                                             " without declaring it in describe()");
  return {};
}

void plugin_host::provide(std::string_view contract, void* implementation) {
  const std::vector<contract_offer>& offers = stanza_.plugin->declared.offers;
  const bool declared = std::any_of(offers.begin(), offers.end(), [&](const contract_offer& offer) {
    return offer.contract == contract;
  });
  if (!declared) {
    mistakes_.emplace_back(errc::internal, "provides " + std::string(contract) +
                                               " without declaring it in describe()");
  }
  provided_.insert_or_assign(std::string(contract), implementation);
}

void* plugin_host::provided(std::string_view contract) const {
  const auto found = provided_.find(contract);
  return found == provided_.end() ? nullptr : found->second;
}

}  // namespace mw::kernel
