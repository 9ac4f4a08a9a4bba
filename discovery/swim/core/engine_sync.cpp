// engine_sync: comparing all with one member now and then, and finding lost ones again.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <algorithm>
#include <cmath>

namespace mw::swim {

duration engine::sync_pause() const {
  // Above 32 members less often: everything grows with their number.
  const double n = static_cast<double>(std::max<std::size_t>(counted_, 1));
  if (n <= 32) return s_.sync_interval;
  return scaled(s_.sync_interval, std::ceil(std::log2(n) - 5) + 1);
}

void engine::tick_sync(time_point now) {
  if (now >= next_sync_) {
    next_sync_ = now + sync_pause();
    if (!leaving_)
      for (const member* m : some(1, {}, false, now))
        out_.streams.push_back({stream_task::kind::sync, m->at, m->name, 0});
  }
  if (now >= next_reconnect_) {
    next_reconnect_ = now + s_.reconnect_interval;
    if (!leaving_) visit_failed(now);
  }
}

// Together all members visit each failed one about once per interval: the more of them failed, the
// likelier it is us who are apart. Shares add up instead of being thrown as dice, and whoever waits
// longest is next: nobody is left out by bad luck, not even if only one member remembers it.
void engine::visit_failed(time_point now) {
  member* next = nullptr;
  std::size_t failed = 0;
  for (const auto& m : members_.all()) {
    if (m->state != liveness::dead) continue;
    ++failed;
    if (next == nullptr || m->visited < next->visited) next = m.get();
  }
  if (next == nullptr) return;
  const std::size_t living = std::max<std::size_t>(members_.living(), 1);
  reconnect_share_ += std::min(1.0, static_cast<double>(failed) / static_cast<double>(living));
  if (reconnect_share_ < 1) return;
  reconnect_share_ -= 1;
  next->visited = now;
  out_.streams.push_back({stream_task::kind::join, next->at, next->name, 0});
}

std::uint64_t engine::digest() const {
  return members_.digest() ^ digest_of(self_.name, self_.at, self_.meta, self_.incarnation);
}

void engine::compare_digest(const member& m, std::uint64_t theirs, time_point now) {
  if (digest() == theirs) return;
  // What changes now is on its way anyhow.
  if (now - changed_ < s_.changes_rest || now < digest_sync_from_ || leaving_) return;
  digest_sync_from_ = now + s_.changes_rest;
  out_.streams.push_back({stream_task::kind::sync, m.at, m.name, 0});
}

void engine::merge(const std::vector<member_state>& theirs, const endpoint& from, time_point now) {
  hear(now);
  for (const member_state& one : theirs) {
    const alive_claim& c = one.claim;
    switch (one.state) {
      case liveness::alive:
        on(c, from, now);
        break;
      case liveness::left:
        on(dead_claim{c.incarnation, c.node, c.node, c.signed_by}, from, now);
        break;
      case liveness::suspect:
      case liveness::dead: {
        // What is proved counts whatever has become of its member; this node's own earlier life,
        // too. A death is never imported: the member gets its chance to refute.
        const bool unknown = c.node != self_.name && members_.find(c.node) == nullptr;
        const bool proved = c.signed_by && notary_ != nullptr && !unknown;
        if (proved || (unknown && one.state == liveness::suspect)) on(c, from, now);
        on(suspect_claim{c.incarnation, c.node, self_.name}, from, now);
        break;
      }
    }
  }
  due_ = next_due();
}

namespace {

member_state state_of(const member& m) {
  member_state out{{m.incarnation, m.name, m.at, m.meta, m.versions, {}}, m.state};
  if (m.signed_by) out.claim.signed_by = *m.signed_by;
  return out;
}

}  // namespace

std::vector<member_state> engine::state() const {
  std::vector<member_state> all;
  all.reserve(members_.size() + 1);
  all.push_back({own_claim(), leaving_ ? liveness::left : liveness::alive});
  for (const auto& m : members_.all()) all.push_back(state_of(*m));
  return all;
}

std::array<std::uint64_t, bucket_count> engine::buckets() const {
  std::array<std::uint64_t, bucket_count> all = members_.buckets();
  if (!leaving_)
    all[place_of(self_.name) >> 56] ^=
        digest_of(self_.name, self_.at, self_.meta, self_.incarnation);
  return all;
}

std::vector<member_state> engine::bucket(std::size_t index) const {
  std::vector<member_state> found;
  if (place_of(self_.name) >> 56 == index)
    found.push_back({own_claim(), leaving_ ? liveness::left : liveness::alive});
  for (const auto& m : members_.all())
    if (place_of(m->name) >> 56 == index) found.push_back(state_of(*m));
  return found;
}

}  // namespace mw::swim
