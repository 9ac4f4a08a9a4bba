// ledger_use: bytes, streams and frames, before they are taken.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"

#include <algorithm>
#include <span>

namespace mw::firewall {
namespace {

constexpr std::int64_t frames_at_once = 64;  // granted ahead at most
constexpr std::uint16_t unlimited = 0xffff;

}  // namespace

refusal ledger::reserve(member& who, std::uint64_t bytes) {
  if (bytes > rules_.stream_memory) return refuse(refusal::memory_stream);
  if (who.unproved && !who.dialled &&
      (bytes > rules_.unproved.memory_each || who.own.memory > rules_.unproved.memory_each - bytes))
    return refuse(refusal::memory_unproved);
  account_path path = path_of(who);
  return refuse(path.take_memory(bytes));
}

void ledger::release(member& who, std::uint64_t bytes) {
  account_path path = path_of(who);
  path.give_memory(std::min(bytes, who.own.memory));
}

refusal ledger::open_stream(member& who) {
  account_path path = path_of(who);
  return refuse(path.take_stream());
}

void ledger::close_stream(member& who) {
  if (who.own.streams == 0) return;
  account_path path = path_of(who);
  path.give_streams(1);
}

// Few tokens are granted one by one, many in batches: a rate holds to within a quarter of its
// burst.
frame_grant ledger::frame(member& who, std::size_t kind, time_point now) {
  struct bound {
    meter* used;
    const frame_rule* rule;
  };
  std::array<bound, 2> bounds{};
  std::size_t count = 0;
  if (rules_.connection_frames[kind] && who.frames)
    bounds[count++] = {&(*who.frames)[kind], &*rules_.connection_frames[kind]};
  if (rules_.peer_frames[kind] && who.peer != nullptr)
    bounds[count++] = {&who.peer->frames[kind], &*rules_.peer_frames[kind]};
  std::int64_t most = count == 0 ? unlimited : frames_at_once;
  for (const bound& one : std::span(bounds).first(count)) {
    const std::int64_t tokens = one.used->tokens(one.rule->allowed, now);
    if (tokens == 0) {
      const frame_verdict verdict = one.rule->beyond;
      (void)refuse(verdict == frame_verdict::drop ? refusal::frame_dropped : refusal::frame_closed);
      return {verdict, 0};
    }
    most = std::min(most, std::max<std::int64_t>(1, tokens / 4));
  }
  for (const bound& one : std::span(bounds).first(count))
    (void)one.used->take_up_to(most, one.rule->allowed, now);
  return {frame_verdict::pass, static_cast<std::uint16_t>(most - 1)};
}

}  // namespace mw::firewall
