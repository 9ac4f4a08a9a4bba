// watches: those who want to hear of a new set, told in a later turn.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/credentials.h>
#include <mw/host.h>

#include <vector>

namespace mw::creds {

class watches {
 public:
  explicit watches(host& owner) : timer_(owner.make_timer([this] { call(); })) {}

  // The watch must die before this.
  [[nodiscard]] std::unique_ptr<credential_watch> add(function<void()> changed);
  void tell() { timer_->arm(duration::zero()); }

 private:
  class watch;
  void call();

  std::vector<watch*> all_;  // borrowed; a watch takes itself out
  timer timer_;
};

}  // namespace mw::creds
