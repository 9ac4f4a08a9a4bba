// watch: see watch.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/watch.h"

#include <algorithm>
#include <utility>

namespace mw::dns {
namespace {

constexpr duration failure_pause = 1s;
constexpr duration failure_pause_max = 30s;
constexpr std::size_t places_max = 2048;  // while searches fail in part

}  // namespace

// A tenth earlier or later, so that nodes that started together do not ask together for ever.
void watch::look_again(duration in, time_point now, random_stream& dice) {
  const double share = 0.9 + 0.2 * dice.unit();
  due_ = now + duration(static_cast<duration::rep>(static_cast<double>(in.count()) * share));
}

bool watch::found(finding what, time_point now, random_stream& dice) {
  negatives_ = failures_ = 0;
  ever_ = true;
  std::vector<place>& places = what.places;
  if (what.partly_failed) places.insert(places.end(), places_.begin(), places_.end());
  if (places.size() > places_max) places.resize(places_max);
  const duration valid =
      std::clamp(duration(std::chrono::seconds(what.ttl)), rules_.ttl_min, rules_.ttl_max);
  good_until_ = now + valid;
  look_again(valid * 4 / 5, now, dice);  // before it ends, so that nothing is missing meanwhile
  std::sort(places.begin(), places.end());
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return std::exchange(places_, std::move(places)) != places_;
}

bool watch::missing(std::uint32_t ttl, bool decidedly, time_point now, random_stream& dice) {
  failures_ = 0;
  ++negatives_;
  ever_ = true;
  const duration valid =
      std::clamp(duration(std::chrono::seconds(ttl)), rules_.ttl_min, rules_.ttl_max);
  look_again(places_.empty() ? valid : rules_.ttl_min, now, dice);
  if (!decidedly && negatives_ < rules_.patience) return false;
  good_until_ = now + valid;
  return !std::exchange(places_, {}).empty();
}

void watch::failed(time_point now, random_stream& dice) {
  const duration pause = failure_pause * (1U << std::min(failures_, 5U));
  ++failures_;
  look_again(std::min(pause, failure_pause_max), now, dice);
}

}  // namespace mw::dns
