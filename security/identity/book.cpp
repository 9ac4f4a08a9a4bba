// book: the leaf's rules first, then time and deny list, which are asked again for live links.
// SPDX-License-Identifier: Apache-2.0
#include "book.h"

#include <algorithm>

namespace mw::identity {

result<bool> book::take_list(std::string_view text, const denylist::signers& trusted) {
  MW_TRY(denylist::list next, denylist::read(text, trusted));
  if (list_ && next.number < list_->number)
    return failure(errc::denied, "the list has number " + std::to_string(next.number) + ", but " +
                                     std::to_string(list_->number) +
                                     " is known: an old list is played back");
  if (list_ && next.number == list_->number) {
    if (next.entries == list_->entries) return false;
    return failure(errc::denied, "another list of number " + std::to_string(next.number) +
                                     " is known: each list takes a number of its own");
  }
  list_ = std::move(next);
  return true;
}

x509::judged<peer_identity> book::identify(bytes_view leaf, peer_side side, wall_time now) const {
  x509::judged<peer_identity> found = spiffe::judge_leaf(leaf, side, rules_);
  if (!found.ok()) return found;
  found.wrong = fault_of(found.value, now);
  return found;
}

x509::problem book::fault_of(const peer_identity& who, wall_time now) const {
  using enum x509::refusal;
  const auto problem = [&](x509::refusal why, std::string detail) {
    return x509::problem{why, who.uri, std::move(detail)};
  };
  if (std::find(rules_.domains.begin(), rules_.domains.end(), who.domain) == rules_.domains.end())
    return problem(domain_foreign, {});
  if (who.not_after <= now) return problem(identity_expired, "on " + to_string(who.not_after));
  if (!list_)
    return wants_list_ ? problem(identity_denied, "no deny list has been read yet")
                       : x509::problem{};
  const denylist::entry* const entry = denylist::find(*list_, who.serial, who.fingerprint, who.uri);
  if (entry == nullptr) return {};
  return problem(identity_denied, entry->reason.empty() ? "no reason is given" : entry->reason);
}

}  // namespace mw::identity
