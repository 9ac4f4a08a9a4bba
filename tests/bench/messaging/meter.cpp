// meter: the course of a run: warm-up, measured time, and the check that everything arrived.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"

#include <poll.h>
#include <time.h>

namespace mw::bench {
namespace {

// Above so many requests in flight only every 16th is timed.
constexpr std::size_t timed_singly_max = 16;
constexpr std::uint64_t sparse_mask = 15;
constexpr std::int64_t drain_max_ns = 20'000'000'000;

std::int64_t in_ns(double seconds) {
  return static_cast<std::int64_t>(seconds * 1e9);
}

cpu_times operator-(const cpu_times& a, const cpu_times& b) {
  return {a.client - b.client, a.server - b.server};
}

// Gives the core away for a moment: waiting must not count as work of the client.
void rest() {
  const timespec moment{0, 50'000};
  ppoll(nullptr, 0, &moment, nullptr);
}

// Waits until the server has seen `all`; false when it never does.
bool drain(const counts_page& counts, std::uint64_t all, const oneway_sender& sender) {
  const std::int64_t deadline = now_ns() + drain_max_ns;
  while (counts.messages() < all) {
    sender.pump();
    if (counts.messages() >= all) break;
    if (now_ns() > deadline) return false;
    rest();
  }
  return true;
}

// Sends for `seconds`, within the lead; returns how many messages.
std::uint64_t send_for(double seconds, const counts_page& counts, std::size_t receivers,
                       const oneway_sender& sender) {
  const std::uint64_t before = counts.messages();
  const std::int64_t end = now_ns() + in_ns(seconds);
  std::uint64_t sent = 0;
  do {
    if (sent > sender.lead && (counts.messages() - before) / receivers + sender.lead < sent) {
      sender.pump();
      continue;
    }
    sent += sender.send_some();
  } while (now_ns() < end);
  return sent + sender.settle();
}

}  // namespace

echo_meter::echo_meter(const settings& with, const counts_page& counts)
    : with_(with),
      counts_(counts),
      stamp_mask_(with.in_flight > timed_singly_max ? sparse_mask : 0),
      begin_at_(now_ns() + in_ns(with.warmup)) {}

void echo_meter::advance(std::int64_t now) {
  if (phase_ == phase::warming && now >= begin_at_) {
    phase_ = phase::measuring;
    found_.cpu = cpu_now(with_);
    received_before_ = received_;
    began_ = now_ns();
    end_at_ = began_ + in_ns(with_.seconds);
    return;
  }
  if (phase_ != phase::measuring || now < end_at_) return;
  phase_ = phase::over;
  found_.cpu = cpu_now(with_) - found_.cpu;
  found_.seconds = static_cast<double>(now - began_) / 1e9;
  found_.messages = received_ - received_before_;
  found_.bytes = found_.messages * with_.size;
}

void echo_meter::timed(std::uint64_t stamp) {
  const std::int64_t now = now_ns();
  if (phase_ == phase::measuring && static_cast<std::int64_t>(stamp) >= began_)
    found_.rtt.record(static_cast<std::uint64_t>(now) - stamp);
}

outcome echo_meter::finish() {
  found_.sent = sent_;
  // The server counts what it handled; with a page of its own the answers alone must do.
  const std::uint64_t seen = with_.counts.empty() ? received_ : counts_.messages();
  found_.lost = sent_ - received_ + (seen > sent_ ? seen - sent_ : sent_ - seen);
  return found_;
}

outcome run_oneway(const settings& with, const counts_page& counts, std::size_t receivers,
                   const oneway_sender& sender) {
  if (with.counts.empty()) give_up("this work needs --counts FILE, the same for both processes");
  outcome found;
  found.sent = send_for(with.warmup, counts, receivers, sender);
  bool arrived = drain(counts, found.sent * receivers, sender);
  const std::uint64_t messages_before = counts.messages();
  const std::uint64_t bytes_before = counts.bytes();
  const cpu_times cpu_before = cpu_now(with);
  const std::int64_t began = now_ns();
  found.sent += send_for(with.seconds, counts, receivers, sender);
  arrived = arrived && drain(counts, found.sent * receivers, sender);
  found.seconds = static_cast<double>(now_ns() - began) / 1e9;
  found.cpu = cpu_now(with) - cpu_before;
  found.messages = counts.messages() - messages_before;
  found.bytes = counts.bytes() - bytes_before;
  const std::uint64_t all = found.sent * receivers;
  found.lost = arrived ? counts.messages() - all : all - counts.messages();
  return found;
}

}  // namespace mw::bench
