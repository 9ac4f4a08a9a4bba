// place_list: edges in the order of their events.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace mw::kernel {

class bus_edge;

// An edge has one place for each event that waits and one for each that was dropped since: its
// oldest places, the ghosts. A null place belonged to an edge that has ended.
class place_list {
 public:
  // `is_ghost(edge)` tells whether the next place of `edge` from the front is a ghost, and counts
  // it off if so. Throws ghosts out before it grows: a flood into one small queue stays small.
  template <class Ghost>
  void push(bus_edge& edge, Ghost is_ghost) {
    if (places_.size() == places_.capacity()) make_room(is_ghost);
    mixed_ = !places_.empty() && (mixed_ || places_.back() != &edge);
    places_.push_back(&edge);
  }

  // True when all places belong to `edge`. Dropping its oldest event and adding a new one then
  // leaves the list as it is.
  [[nodiscard]] bool only(const bus_edge& edge) const {
    return !mixed_ && !places_.empty() && places_.back() == &edge;
  }

  // Calls `take(edge)` for each place that is no ghost, and forgets them all.
  template <class Ghost, class Take>
  void take_all(Ghost is_ghost, Take take) {
    for (bus_edge* edge : places_)
      if (edge != nullptr && !is_ghost(*edge)) take(*edge);
    places_.clear();
  }

  void forget(const bus_edge& ended) {
    for (bus_edge*& place : places_)
      if (place == &ended) place = nullptr;
  }
  void swap(place_list& other) {
    places_.swap(other.places_);
    std::swap(mixed_, other.mixed_);
  }
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  template <class Ghost>
  void make_room(Ghost is_ghost) {
    std::size_t kept = 0;
    for (bus_edge* edge : places_)
      if (edge != nullptr && !is_ghost(*edge)) places_[kept++] = edge;
    places_.resize(kept);
    // Growing while half of it is real keeps the cost of each push constant on average.
    if (kept * 2 >= places_.capacity()) places_.reserve(places_.capacity() * 2 + first_places);
  }

  static constexpr std::size_t first_places = 16;
  std::vector<bus_edge*> places_;
  bool mixed_ = false;  // may belong to more than one edge
};

}  // namespace mw::kernel
