// scope: passes everything on to the ledger.
// SPDX-License-Identifier: Apache-2.0
#include "scope.h"

namespace mw::firewall {

scope::~scope() {
  guard_.ledger_.leave(*this);
  guard_.changed();
}

std::string scope::who() const {
  if (peer_name != nullptr) return *peer_name;
  return from ? to_string(*from) : "this machine";
}

bool scope::granted(refusal why) noexcept {
  guard_.changed();
  if (why == refusal::none) return true;
  guard_.complain(why, who());
  return false;
}

bool scope::reserve(std::size_t bytes) noexcept {
  return granted(guard_.ledger_.reserve(*this, bytes));
}

void scope::release(std::size_t bytes) noexcept {
  guard_.ledger_.release(*this, bytes);
  guard_.changed();
}

bool scope::open_stream() noexcept {
  return granted(guard_.ledger_.open_stream(*this));
}

void scope::close_stream() noexcept {
  guard_.ledger_.close_stream(*this);
  guard_.changed();
}

status scope::authenticated(std::string_view identity, bool proven) {
  const refusal why = guard_.ledger_.prove(*this, identity, proven);
  if (granted(why)) return {};
  return {errc::overloaded, "the peer has all the " + std::string(to_string(why)) +
                                " that it may have: see limits of the firewall"};
}

void scope::offended(offence what) noexcept {
  guard_.ledger_.offend(*this, what, guard_.host_.now());
  guard_.changed();
}

frame_verdict scope::frame_beyond(std::size_t kind) noexcept {
  const time_point now = guard_.host_.now();
  const frame_grant given = guard_.ledger_.frame(*this, kind, now);
  allowance_[kind] = given.more;
  if (given.verdict == frame_verdict::pass) return given.verdict;
  if (given.verdict == frame_verdict::close) guard_.ledger_.offend(*this, offence::flood, now);
  (void)granted(given.verdict == frame_verdict::drop ? refusal::frame_dropped
                                                     : refusal::frame_closed);
  return given.verdict;
}

// The callback destroys this: it must not live in it.
void scope::evict_now(const failure& why) {
  const auto evict = std::exchange(evict_, nullptr);
  if (evict) evict(why);
}

}  // namespace mw::firewall
