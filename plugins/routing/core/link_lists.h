// link_lists: for each link the things that hang on it, so that its end finds exactly these.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/flat_map.h"
#include "core/slots.h"

#include <mw/channel.h>

#include <cstdint>
#include <vector>

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
    const std::uint32_t first = first_on(on);
    thing.place = {on, first, link_place::none, true};
    if (first != link_place::none) things_.at(first).place.previous = index;
    set_first(on, index);
  }
  void remove(T& thing) {
    link_place& place = thing.place;
    if (!place.listed) return;
    place.listed = false;
    if (place.next != link_place::none) things_.at(place.next).place.previous = place.previous;
    if (place.previous != link_place::none)
      things_.at(place.previous).place.next = place.next;
    else
      set_first(place.on, place.next);
  }
  // Any one on the link; null when there is none.
  [[nodiscard]] T* first(link_ref on) {
    const std::uint32_t first = first_on(on);
    return first != link_place::none ? &things_.at(first) : nullptr;
  }

 private:
  // Channels number their links from zero: a table spares the hash of each message. Others, such as
  // the local link, are looked up.
  static constexpr std::uint32_t direct_max = 4096;
  struct head {
    std::uint32_t generation = 0;
    std::uint32_t first = link_place::none;
  };

  [[nodiscard]] std::uint32_t first_on(link_ref link) const {
    if (link.slot >= direct_max) return first_.find({number(link)}).value_or(link_place::none);
    if (link.slot >= direct_.size()) return link_place::none;
    const head& h = direct_[link.slot];
    return h.generation == link.generation ? h.first : link_place::none;
  }
  // A link's list is empty before another one takes its slot: its end was told.
  void set_first(link_ref link, std::uint32_t index) {
    if (link.slot < direct_max) {
      if (link.slot >= direct_.size()) direct_.resize(link.slot + 1);
      direct_[link.slot] = {link.generation, index};
    } else if (index != link_place::none) {
      first_.set({number(link)}, index);
    } else {
      first_.erase({number(link)});
    }
  }
  [[nodiscard]] static std::uint64_t number(link_ref link) {
    return std::uint64_t{link.slot} << 32 | link.generation;
  }
  slot_table<T>& things_;
  std::vector<head> direct_;
  flat_map<number_key> first_;
};

}  // namespace mw::routing
