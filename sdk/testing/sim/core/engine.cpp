// engine: scheduling and executing the events of one world.
// SPDX-License-Identifier: Apache-2.0
#include "engine.h"

#include <mw/assert.h>

#include <algorithm>

namespace mw::sim {

std::string_view name_of(event_kind kind) noexcept {
  static constexpr std::string_view names[] = {
      "turn",   "deadline",  "segment", "ack",        "stream check", "dial",      "accept",
      "packet", "packet in", "disk",    "crash loss", "work",         "work done", "life",
      "fault",  "test",      "note",    "name",       "command"};
  return names[static_cast<std::size_t>(kind)];
}

void engine::at(duration when, event_tag tag, function<void()> action) {
  // "Never" is the end of time: such events would only fill the queue.
  if (when == duration::max()) return;
  std::uint32_t place = static_cast<std::uint32_t>(records_.size());
  if (free_.empty()) {
    records_.push_back({std::move(action), tag});
  } else {
    place = free_.back();
    free_.pop_back();
    records_[place] = {std::move(action), tag};
  }
  const auto tie = static_cast<std::uint32_t>(ties_.next() >> 32);
  heap_.push_back({std::max(when, now_).count(), ++sequence_, tie, place});
  std::push_heap(heap_.begin(), heap_.end());
}

bool engine::step(duration until) {
  if (heap_.empty() || heap_.front().when > until.count()) return false;
  std::pop_heap(heap_.begin(), heap_.end());
  const entry next = heap_.back();
  heap_.pop_back();
  MW_ASSERT(next.when >= now_.count(), "virtual time never goes back");
  now_ = duration(next.when);
  ++executed_;
  const event_tag tag = records_[next.place].tag;
  const function<void()> action = std::move(records_[next.place].action);
  free_.push_back(next.place);
  mix_in(tag, 0);
  action();
  return true;
}

void engine::name_node(std::size_t index, std::string_view name) {
  names_.resize(std::max(names_.size(), index + 1));
  names_[index] = name;
}

void engine::tell(event_tag tag, std::uint64_t detail) {
  const std::string_view node = tag.node < names_.size() ? names_[tag.node] : std::string_view();
  const auto fault = static_cast<sim_fault>(detail);
  listener_(
      {now_, node, tag.kind == event_kind::fault ? to_string(fault) : name_of(tag.kind), detail});
}

}  // namespace mw::sim
