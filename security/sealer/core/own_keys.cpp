// own_keys: nothing of them is ever stored, so nothing can be used twice after a crash.
// SPDX-License-Identifier: Apache-2.0
#include "core/own_keys.h"

#include "core/pair_keys.h"

#include <algorithm>

namespace mw::sealing {

own_keys::own_keys(const crypto::library& with, notary& signer, whoami self, const limits& bounds)
    : with_(with), signer_(signer), self_(std::move(self)), bounds_(bounds) {
  with_.fill(boot_);
}

const own_key* own_keys::find(std::uint64_t name) const {
  for (const own_key& key : keys_)
    if (key.name == name) return &key;
  return nullptr;
}

std::optional<time_point> own_keys::next_drop() const {
  if (keys_.size() < 2) return std::nullopt;
  return keys_.front().ends;
}

status own_keys::rotate(time_point now, wall_time wall) {
  if (keys_.size() >= keys_max)
    return failure(errc::overloaded, std::to_string(keys_max) +
                                         " keys are in their grace: the next waits for the first "
                                         "of them to end");
  own_key made;
  with_.fill(made.secret.span());
  made.algorithm = bounds_.algorithm;
  made.epoch = epoch_ + 1;
  made.made = now;
  key_claim claim;
  claim.algorithm = made.algorithm;
  claim.epoch = made.epoch;
  const duration valid = bounds_.rotate_every + bounds_.grace;
  claim.valid_s =
      static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(valid).count());
  claim.issued_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(wall.since_epoch).count());
  claim.boot = boot_;
  claim.node = self_.node;
  claim.cluster = self_.cluster;
  claim.chain = signer_.chain();
  MW_TRY(claim.point, crypto::x25519_public(with_, made.secret));
  made.claim = write_claim(claim);
  MW_TRY(made.signature, signer_.sign(claim_to_sign(made.claim)));
  made.claim_hash = hash_claim(with_, made.claim);
  made.name = short_name(made.claim_hash);
  if (!keys_.empty()) keys_.back().ends = now + bounds_.grace;
  ++epoch_;
  // Up to a tenth earlier, so that a cluster that started together does not rotate together.
  const auto early = static_cast<std::uint64_t>(bounds_.rotate_every.count() / 10);
  const std::uint64_t draw = made.name % (early + 1);
  due_ = now + bounds_.rotate_every - duration(static_cast<std::int64_t>(draw));
  keys_.push_back(std::move(made));
  return {};
}

}  // namespace mw::sealing
