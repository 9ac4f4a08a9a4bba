// account: checked before anything changes; what is given back was taken.
// SPDX-License-Identifier: Apache-2.0
#include "core/account.h"

#include <algorithm>

namespace mw::firewall {
namespace {

// Neither sum nor difference can wrap: what is used never exceeds the limit it was checked against,
// unless limits shrank, which is refused here, too.
bool fits(std::uint64_t used, std::uint64_t more, std::uint64_t limit) {
  return used <= limit && more <= limit - used;
}

refusal memory_of(level which) {
  constexpr std::array<refusal, 5> by_level = {refusal::memory_connection, refusal::memory_unproved,
                                               refusal::memory_peer, refusal::memory_listener,
                                               refusal::memory_system};
  return by_level[static_cast<std::size_t>(which)];
}
refusal connections_of(level which) {
  constexpr std::array<refusal, 5> by_level = {
      refusal::connections_peer, refusal::unproved_total, refusal::connections_peer,
      refusal::connections_listener, refusal::connections_system};
  return by_level[static_cast<std::size_t>(which)];
}
refusal streams_of(level which) {
  constexpr std::array<refusal, 5> by_level = {refusal::streams_connection,
                                               refusal::streams_connection, refusal::streams_peer,
                                               refusal::streams_listener, refusal::streams_system};
  return by_level[static_cast<std::size_t>(which)];
}

}  // namespace

refusal account_path::take_memory(std::uint64_t bytes) {
  for (std::size_t i = 0; i < count_; ++i)
    if (!fits(steps_[i].at->memory, bytes, steps_[i].at->limits->memory))
      return memory_of(steps_[i].which);
  for (std::size_t i = 0; i < count_; ++i) steps_[i].at->memory += bytes;
  return refusal::none;
}

refusal account_path::take_connection() {
  for (std::size_t i = 0; i < count_; ++i)
    if (!fits(steps_[i].at->connections, 1, steps_[i].at->limits->connections))
      return connections_of(steps_[i].which);
  for (std::size_t i = 0; i < count_; ++i) ++steps_[i].at->connections;
  return refusal::none;
}

refusal account_path::take_stream() {
  for (std::size_t i = 0; i < count_; ++i)
    if (!fits(steps_[i].at->streams, 1, steps_[i].at->limits->streams))
      return streams_of(steps_[i].which);
  for (std::size_t i = 0; i < count_; ++i) ++steps_[i].at->streams;
  return refusal::none;
}

void account_path::give_memory(std::uint64_t bytes) {
  for (std::size_t i = 0; i < count_; ++i)
    steps_[i].at->memory -= std::min(bytes, steps_[i].at->memory);
}

void account_path::give_connection() {
  for (std::size_t i = 0; i < count_; ++i)
    steps_[i].at->connections -= std::min<std::uint64_t>(1, steps_[i].at->connections);
}

void account_path::give_streams(std::uint64_t count) {
  for (std::size_t i = 0; i < count_; ++i)
    steps_[i].at->streams -= std::min(count, steps_[i].at->streams);
}

}  // namespace mw::firewall
