// link_lists: for each link the things that hang on it, so that its end finds exactly these.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"
#include "core/slots.h"

#include <mw/channel.h>

#include <cstdint>

namespace mw::routing {

// Part of things that can hang on a link.
struct link_place {
  static constexpr std::uint32_t none = ~0u;
  link_ref on;
  std::uint32_t next = none;
  std::uint32_t previous = none;
  bool listed = false;
};

// T lies in a slot_table<T> and has a member `place`.
template <class T>
class link_lists {
 public:
  link_lists(slot_table<T>& things, std::uint64_t seed) : things_(things), first_(seed) {}

  void add(T& thing, link_ref on) {
    const std::uint32_t index = slot_table<T>::index_of(thing.id);
    const auto first = first_.find({number(on)});
    thing.place = {on, first.value_or(link_place::none), link_place::none, true};
    if (first) things_.at(*first).place.previous = index;
    first_.set({number(on)}, index);
  }
  void remove(T& thing) {
    link_place& place = thing.place;
    if (!place.listed) return;
    place.listed = false;
    if (place.next != link_place::none) things_.at(place.next).place.previous = place.previous;
    if (place.previous != link_place::none)
      things_.at(place.previous).place.next = place.next;
    else if (place.next != link_place::none)
      first_.set({number(place.on)}, place.next);
    else
      first_.erase({number(place.on)});
  }
  // Any one on the link; null when there is none.
  [[nodiscard]] T* first(link_ref on) {
    const auto first = first_.find({number(on)});
    return first ? &things_.at(*first) : nullptr;
  }

 private:
  [[nodiscard]] static std::uint64_t number(link_ref link) {
    return std::uint64_t{link.slot} << 32 | link.generation;
  }
  slot_table<T>& things_;
  flat_map<number_key> first_;
};

}  // namespace mw::routing
