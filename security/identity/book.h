// book: what is accepted now: domains, patterns and the deny list; pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/denylist/denylist.h"
#include "common/spiffe/leaf.h"

#include <optional>
#include <string>
#include <string_view>

namespace mw::identity {

class book {
 public:
  // `wants_list`: nobody is accepted before take_list() has succeeded once.
  book(spiffe::leaf_rules rules, bool wants_list)
      : rules_(std::move(rules)), wants_list_(wants_list) {}

  void accept_domain(std::string domain) { rules_.domains.push_back(std::move(domain)); }
  // True: it says something new. `denied`: not signed by one of `trusted`, or older than the one
  // that is known; `invalid`: not a list. On failure the last one stays.
  [[nodiscard]] result<bool> take_list(std::string_view text, const denylist::signers& trusted);

  [[nodiscard]] x509::judged<peer_identity> identify(bytes_view leaf, peer_side side,
                                                     wall_time now) const;
  // none when it still holds.
  [[nodiscard]] x509::problem fault_of(const peer_identity& who, wall_time now) const;

  [[nodiscard]] const spiffe::leaf_rules& rules() const { return rules_; }
  [[nodiscard]] const std::optional<denylist::list>& list() const { return list_; }
  [[nodiscard]] bool stale(wall_time now) const {
    return list_.has_value() && denylist::stale(*list_, now);
  }

 private:
  spiffe::leaf_rules rules_;
  bool wants_list_;
  std::optional<denylist::list> list_;
};

}  // namespace mw::identity
