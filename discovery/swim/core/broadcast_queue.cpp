// broadcast_queue: ordered by how often each piece was sent.
// SPDX-License-Identifier: Apache-2.0
#include "core/broadcast_queue.h"

#include <mw/planted.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace mw::swim {

namespace {
constexpr std::size_t misfits_max = 16;  // a full packet does not look through a long queue
}

std::uint32_t retransmissions(std::uint32_t factor, std::size_t members) {
  const double scale = std::ceil(std::log10(static_cast<double>(members) + 1));
  return factor * static_cast<std::uint32_t>(scale < 1 ? 1 : scale);
}

void broadcast_queue::erase(piece_set::iterator at) {
  if (!at->subject.empty()) by_subject_.erase(at->subject);
  pieces_.erase(at);
}

void broadcast_queue::remove(const std::string& subject) {
  const auto old = by_subject_.find(subject);
  if (old != by_subject_.end()) erase(old->second);
}

bool broadcast_queue::push(const std::string& subject, std::string bytes) {
  if (!subject.empty()) remove(subject);
  const bool room = pieces_.size() < pieces_max_;
  if (!room) erase(std::prev(pieces_.end()));  // the one that most have heard
  const auto at = pieces_.insert({0, next_id_++, subject, std::move(bytes)}).first;
  if (!subject.empty()) by_subject_[subject] = at;
  return room;
}

std::size_t broadcast_queue::take(std::size_t room, std::size_t overhead, std::uint32_t times,
                                  std::vector<std::string>& out) {
  std::size_t used = 0;
  std::vector<piece_set::node_type> again;
  // The largest piece that fits comes first among equals: what does not fit is passed over.
  std::size_t misfits = 0;
  for (auto at = pieces_.begin();
       at != pieces_.end() && used + overhead < room && misfits < misfits_max;) {
    const auto next = std::next(at);
    if (used + overhead + at->bytes.size() <= room) {
      used += overhead + at->bytes.size();
      out.push_back(at->bytes);
      if (at->sent + 1 < times || MW_PLANTED(endless_rumours)) {
        again.push_back(pieces_.extract(at));
        ++again.back().value().sent;
      } else {
        erase(at);
      }
    } else {
      ++misfits;
    }
    at = next;
  }
  for (piece_set::node_type& one : again) {
    const auto at = pieces_.insert(std::move(one)).position;
    if (!at->subject.empty()) by_subject_[at->subject] = at;
  }
  return used;
}

}  // namespace mw::swim
