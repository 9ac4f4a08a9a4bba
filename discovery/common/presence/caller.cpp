// caller: see caller.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/caller.h"

#include <algorithm>
#include <utility>

namespace mw::presence {
namespace {

constexpr time_point never{duration::max()};
constexpr time_point long_ago{duration::min() / 2};
constexpr int asks = 3;      // after some 50 ms, 1 and 2 seconds
constexpr int goodbyes = 2;  // packets get lost
constexpr duration goodbye_pause = 100ms;
constexpr duration answer_pause = 1s;  // calls are not drawn forward more often

}  // namespace

caller::caller(caller_settings how, lan::interface where, random_stream& dice)
    : how_(std::move(how)),
      where_(std::move(where)),
      dice_(dice),
      packets_(how_.packets),
      table_(how_.rules),
      call_due_(never),
      last_call_(long_ago),
      ask_due_(never),
      last_ask_(long_ago),
      goodbye_due_(never) {}

// A fifth more or less, so that nodes that were started together drift apart.
duration caller::jittered(duration mean) {
  const double share = 0.8 + 0.4 * dice_.unit();
  return duration(static_cast<duration::rep>(static_cast<double>(mean.count()) * share));
}

void caller::start(time_point now) {
  asks_ = asks;
  ask_due_ = now + jittered(50ms);
}

void caller::ask(time_point now) {
  asks_ = std::max(asks_, 1);
  if (ask_due_ == never) ask_due_ = std::max(now, last_ask_ + 1s);
}

void caller::publish(const std::optional<own_facts>& what, time_point now) {
  if (told_ == what) return;
  const bool goes = told_ && !what;
  if (what) told_ = what;
  if (goes) {
    goodbyes_ = last_call_ == long_ago ? 0 : goodbyes;
    goodbye_due_ = goodbyes_ > 0 ? now : never;
    call_due_ = never;
    told_.reset();
    return;
  }
  if (!told_) return;
  goodbyes_ = 0;
  goodbye_due_ = never;
  call_due_ = now;
}

void caller::send(kind what, wall_time wall) {
  call one{.what = what,
           .life = how_.life,
           .number = ++number_,
           .sent_ms = static_cast<std::uint64_t>(wall.since_epoch / 1ms),
           .interval_ms = static_cast<std::uint32_t>(how_.interval / 1ms),
           .cluster = how_.cluster,
           .id = how_.id};
  if (what == kind::here) {
    one.address = told_->address;
    one.zone = told_->zone;
  }
  out_.push_back(encode(one, how_.key));
}

void caller::answer_soon(time_point now) {
  if (!told_) return;
  const time_point soon =
      now + 20ms + duration(static_cast<duration::rep>(dice_.below(100'000'000)));
  call_due_ = std::min(call_due_, std::max(soon, last_call_ + answer_pause));
}

void caller::received(bytes_view bytes, const endpoint& from, time_point now, wall_time wall) {
  ++counts_.received;
  if (!packets_.take(now)) return void(++counts_.flood);
  if (!lan::on_link(where_, lan::address_of(from.host))) return void(++counts_.off_link);
  const auto one = decode(bytes, how_.key);
  if (one) return heard(*one, now, wall);
  const errc why = one.error().kind();
  ++(why == errc::denied        ? counts_.denied
     : why == errc::unsupported ? counts_.version
                                : counts_.malformed);
}

void caller::heard(const call& one, time_point now, wall_time wall) {
  if (one.cluster != how_.cluster) return void(++counts_.foreign);
  if (one.id == how_.id) {
    // Our own come back, of this life or of one before.
    if (one.life > how_.life) ++counts_.namesakes;
    return;
  }
  if (!how_.key.empty()) {
    const auto here = static_cast<std::uint64_t>(wall.since_epoch / 1ms);
    const std::uint64_t age = std::max(here, one.sent_ms) - std::min(here, one.sent_ms);
    if (age > static_cast<std::uint64_t>(how_.age_max / 1ms)) return void(++counts_.stale);
  }
  if (one.what == kind::ask) return answer_soon(now);
  switch (table_.take(one, now)) {
    case table::outcome::known:
      return;
    case table::outcome::changed:
      changed_ = true;
      if (one.what == kind::here) answer_soon(now);  // it may not know us yet
      return;
    case table::outcome::replayed:
      ++counts_.replayed;
      return;
    case table::outcome::full:
      ++counts_.overflow;
      return;
  }
}

void caller::tick(time_point now, wall_time wall) {
  if (table_.tick(now)) changed_ = true;
  if (goodbye_due_ <= now) {
    send(kind::leave, wall);
    goodbye_due_ = --goodbyes_ > 0 ? now + goodbye_pause : never;
  }
  if (ask_due_ <= now) {
    send(kind::ask, wall);
    last_ask_ = now;
    ask_due_ = --asks_ > 0 ? now + jittered(1s) : never;
  }
  if (call_due_ <= now && told_) {
    send(kind::here, wall);
    last_call_ = now;
    call_due_ = now + jittered(how_.interval);
  }
}

std::vector<std::string> caller::take_packets() {
  counts_.sent += out_.size();
  return std::exchange(out_, {});
}

time_point caller::next_due() const {
  return std::min({call_due_, ask_due_, goodbye_due_, table_.next_due()});
}

}  // namespace mw::presence
