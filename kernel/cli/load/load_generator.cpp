// load_generator: sending, counting what comes back, and not giving up on a full queue.
// SPDX-License-Identifier: Apache-2.0
#include "load_generator.h"

#include <chrono>
#include <utility>

namespace mw::kernel::cli {
namespace {

// The real clock: the lane's stands still within a turn, which would hide what a turn costs.
duration clock_now() {
  return std::chrono::steady_clock::now().time_since_epoch();
}

}  // namespace

void load_counts::add(const load_counts& other) {
  sent += other.sent;
  finished += other.finished;
  failed += other.failed;
  refused += other.refused;
  if (first_failure.empty()) first_failure = other.first_failure;
  took.add(other.took);
}

load_generator::load_generator(router& through, service_ref service, const load_plan& plan,
                               again_function again)
    : router_(through), service_(service), plan_(plan), again_(std::move(again)) {
  body_ = slice::copy_of(std::string(plan.size, 'x'));
}

void load_generator::start() {
  fill();
}

load_counts load_generator::take() {
  return std::exchange(counts_, {});
}

// Answers that come while sending only lower the count: the loop goes on by itself.
void load_generator::fill() {
  if (filling_ || waiting_) return;
  filling_ = true;
  while (!stopping_ && under_way_ < plan_.in_flight && send_one()) {
  }
  filling_ = false;
}

bool load_generator::send_one() {
  const status taken = plan_.work == load_work::echo ? ask() : tell();
  if (taken) {
    ++counts_.sent;
    ++under_way_;
    return true;
  }
  if (taken.error().kind() == errc::overloaded) {
    ++counts_.refused;
  } else {
    ++counts_.failed;
    if (counts_.first_failure.empty()) counts_.first_failure = taken.error().text();
  }
  fill_later();
  return false;
}

route load_generator::where() const {
  route to;
  to.service = service_;
  to.to = plan_.work == load_work::fan_out ? send_to::all : send_to::one;
  to.deadline = plan_.deadline;
  to.priority = plan_.priority;
  return to;
}

status load_generator::ask() {
  message_out& out = router_.tools().out;
  out.append(body_);
  const auto call = router_.call(where(), out, [this, since = clock_now()](const answer& a) {
    if (!a.last) return;
    if (a.error == nullptr) counts_.took.record(clock_now() - since);
    finished(a.error);
  });
  if (!call) return call.error();
  return {};
}

status load_generator::tell() {
  message_out& out = router_.tools().out;
  out.append(body_);
  const auto taken = router_.send(
      where(), out, [this](const status& sent) { finished(sent ? nullptr : &sent.error()); });
  if (!taken) return taken.error();
  return {};
}

void load_generator::finished(const failure* why) {
  --under_way_;
  if (why == nullptr) {
    ++counts_.finished;
  } else {
    ++counts_.failed;
    if (counts_.first_failure.empty()) counts_.first_failure = why->text();
  }
  fill();
}

void load_generator::fill_later() {
  if (waiting_) return;
  waiting_ = true;
  again_([this] {
    waiting_ = false;
    fill();
  });
}

}  // namespace mw::kernel::cli
