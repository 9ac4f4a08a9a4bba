// host: all that a plug-in sees and does: time, randomness, bytes and other plug-ins.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/host_services.h>

namespace mw {

// Lives as long as the plug-in: keep a reference. All calls belong to the plug-in's lane.
class host {
 public:
  explicit host(const host_services& services) : s_(services) {}
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  [[nodiscard]] const node_info& node() const { return *s_.node; }
  [[nodiscard]] std::string_view name() const { return s_.plugin_name; }

  // Constant within a turn.
  [[nodiscard]] time_point now() const { return s_.time->now(); }
  [[nodiscard]] wall_time wall_now() const { return s_.time->wall_now(); }
  // Fires once after `delay` unless the handle dies first.
  [[nodiscard]] timer after(duration delay, function<void()> fire) const;
  [[nodiscard]] timer every(duration period, function<void()> fire) const;
  // A timer to arm later, again and again.
  [[nodiscard]] timer make_timer(function<void()> fire) const;
  void at_turn_end(function<void()> callback) const { s_.time->at_turn_end(std::move(callback)); }

  [[nodiscard]] random_stream& random(std::string_view purpose) const {
    return s_.random->stream(purpose);
  }
  void secure_bytes(std::span<std::byte> out) const { s_.random->secure_bytes(out); }

  [[nodiscard]] stream_service& streams() const { return *s_.streams; }
  [[nodiscard]] datagram_service& datagrams() const { return *s_.datagrams; }
  [[nodiscard]] name_service& names() const { return *s_.names; }
  [[nodiscard]] file_service& files() const { return *s_.files; }
  [[nodiscard]] process_service& processes() const { return *s_.processes; }
  [[nodiscard]] work_service& work() const { return *s_.work; }
  [[nodiscard]] logger log() const { return logger(*s_.log); }
  [[nodiscard]] mw::bus bus() const { return mw::bus(*s_.bus); }
  [[nodiscard]] admin_service& admin() const { return *s_.admin; }
  [[nodiscard]] status_service& status() const { return *s_.status; }

  [[nodiscard]] mw::counter counter(std::string_view name, std::string_view help,
                                    labels l = {}) const {
    return s_.metrics->make_counter(name, help, l);
  }
  [[nodiscard]] mw::gauge gauge(std::string_view name, std::string_view help, labels l = {}) const {
    return s_.metrics->make_gauge(name, help, l);
  }
  [[nodiscard]] mw::histogram histogram(std::string_view name, std::string_view help,
                                        histogram_unit u, labels l = {}) const {
    return s_.metrics->make_histogram(name, help, u, l);
  }

  // The provider bound to `slot`. Valid as long as this plug-in: providers are destroyed after
  // users.
  template <contract_type Contract>
  [[nodiscard]] Contract& use(std::string_view slot) const {
    Contract* found = find<Contract>(slot);
    if (found == nullptr) throw std::logic_error("nothing is bound to slot " + std::string(slot));
    return *found;
  }
  // For may_use(): null when the YAML binds nothing.
  template <contract_type Contract>
  [[nodiscard]] Contract* find(std::string_view slot) const {
    const std::vector<void*> all = s_.wiring->bound(slot, Contract::contract);
    return all.empty() ? nullptr : static_cast<Contract*>(all.front());
  }
  template <contract_type Contract>
  [[nodiscard]] std::vector<Contract*> use_all(std::string_view slot) const {
    std::vector<Contract*> typed;
    for (void* one : s_.wiring->bound(slot, Contract::contract))
      typed.push_back(static_cast<Contract*>(one));
    return typed;
  }
  // Offers `implementation` to the plug-ins that use the contract; declared in describe().
  template <contract_type Contract>
  void provide(Contract& implementation) const {
    s_.wiring->provide(Contract::contract, &implementation);
  }

 private:
  const host_services& s_;
};

}  // namespace mw
