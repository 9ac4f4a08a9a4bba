// station: one interface: the core of multicast DNS with its socket and its timers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/link.h"
#include "metrics.h"

#include <mw/host.h>

#include <memory>
#include <optional>
#include <string>

namespace mw::mdns {

// Opens the socket, again when the interface was away. Referenced objects outlive it.
class station {
 public:
  station(host& node, const metrics& counted, settings how, lan::interface where,
          function<void()> changed);
  station(const station&) = delete;
  station& operator=(const station&) = delete;

  void start();
  void publish(const std::optional<facts>& what);
  void look_again();
  // False once everything that was told has been taken back.
  [[nodiscard]] bool says_goodbye() const;

  [[nodiscard]] const lan::interface& where() const { return where_; }
  [[nodiscard]] const link* core() const { return link_.get(); }         // null while it is down
  [[nodiscard]] const std::string& trouble() const { return trouble_; }  // empty: none

 private:
  void open();
  status open_group();
  status open_one_shot();
  void use(datagram_ptr socket, bool one_shot);
  void check();
  void received(const datagram& packet);
  void perform(function<void()> step);
  void tell_name();

  host& node_;
  const metrics& metrics_;
  const settings how_;
  const lan::interface where_;
  const std::string group_;  // its address on this interface
  function<void()> changed_;
  std::optional<facts> told_;
  counts counted_;  // as last given to the metrics
  unsigned attempt_ = 1;
  std::string trouble_;
  std::unique_ptr<link> link_;
  timer clock_;  // the rest last: they die first
  timer checking_;
  datagram_ptr socket_;
};

}  // namespace mw::mdns
