// name_dial: a dial to a name or an address: resolves it, races its addresses, within a deadline.
// SPDX-License-Identifier: Apache-2.0
#include "name_dial.h"

#include "common/links/counted_stream.h"

#include <algorithm>
#include <utility>

namespace mw::tcp {

name_dial::name_dial(const dialler& by, const dial_request& request, done_function done)
    : by_(by),
      to_(request.to),
      patience_(std::max<duration>(request.deadline, 0s)),
      give_up_at_(by.host.now() + patience_),
      done_(std::move(done)),
      deadline_(by.host.after(patience_, [this] { too_late(); })),
      next_(by.host.make_timer([this] { go_on(); })) {
  if (to_.local || to_.empty() || to_.port == 0) {
    deadline_->cancel();
    next_ = by_.host.after(0s, [this] {
      tell(failure(errc::invalid, "cannot dial '" + to_string(to_) +
                                      "' over TCP: write host:port with a port from 1 to 65535,"
                                      " such as 127.0.0.1:7400 or node7.example:7400"));
    });
    return;
  }
  resolve();
}

void name_dial::resolve() {
  if (is_numeric(to_.host)) return found(std::vector<std::string>{to_.host});
  resolving_ = by_.host.names().resolve(
      to_.host,
      [this](result<std::vector<std::string>> addresses) { found(std::move(addresses)); });
}

void name_dial::found(result<std::vector<std::string>> addresses) {
  if (!addresses)
    return tell(std::move(addresses).error().in("cannot connect to " + to_string(to_)));
  if (status fine = admit(*addresses); !fine) {
    next_ = by_.host.after(0s, [this, why = std::move(fine).error()] { tell(why); });
    return;
  }
  race_.emplace(*addresses);
  attempts_.resize(race_->size());
  go_on();
}

status name_dial::admit(std::vector<std::string>& addresses) {
  if (by_.admits == nullptr) return {};
  std::vector<std::string> admitted;
  std::optional<failure> first;
  for (std::string& one : addresses) {
    auto scope = by_.admits->depart({.host = one, .port = to_.port}, by_.host.name());
    if (scope) {
      scopes_.emplace_back(one, std::move(*scope));
      admitted.push_back(std::move(one));
    } else if (!first) {
      first = std::move(scope).error();
    }
  }
  addresses = std::move(admitted);
  if (!addresses.empty() || !first) return {};
  return first->in("cannot dial " + to_string(to_));
}

void name_dial::go_on() {
  while (const auto number = race_->begin(by_.host.now())) begin(*number);
  if (const auto next_at = race_->next_at()) next_->arm(*next_at - by_.host.now());
}

// The platform answers in a later turn, so that this never ends inside.
void name_dial::begin(std::size_t number) {
  const endpoint at{.host = race_->address(number), .port = to_.port};
  // A little longer than our own deadline, whose failure tells more.
  const duration left = give_up_at_ - by_.host.now() + 1s;
  attempts_[number] = by_.host.streams().dial(
      at, by_.options, left,
      [this, number](result<stream_ptr> outcome) { answered(number, std::move(outcome)); });
}

void name_dial::answered(std::size_t number, result<stream_ptr> outcome) {
  if (outcome) {
    auto counted = std::make_unique<transports::counted_stream>(
        std::move(outcome).value(), by_.book, transports::link_origin::dialled);
    std::unique_ptr<admission_scope> scope;
    for (auto& [address, one] : scopes_)
      if (address == race_->address(number)) scope = std::move(one);
    if (scope) counted->watch(*scope);
    return tell({link{.bytes = std::move(counted), .scope = std::move(scope)}});
  }
  race_->failed(number, outcome.error());
  attempts_[number].reset();
  if (race_->lost()) return tell(race_->verdict(to_));
  go_on();
}

void name_dial::too_late() {
  const std::string what = race_ ? "no answer from " + to_string(to_) + " at " + race_->tried()
                                 : "no address for " + to_string(to_);
  tell(failure(errc::timed_out, what + " within " + to_string(patience_)));
}

// The user may destroy this in the call: nothing may follow it.
void name_dial::tell(result<link> outcome) {
  if (!outcome) by_.book.dial_failed(outcome.error().kind());
  deadline_->cancel();
  next_->cancel();
  resolving_.reset();
  attempts_.clear();
  const done_function done = std::move(done_);
  done(std::move(outcome));
}

}  // namespace mw::tcp
