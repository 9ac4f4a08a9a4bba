// broadcast_queue: what is still to be spread, each piece a number of times that grows with log N.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace mw::swim {

// Least sent first, then the largest, then the newest. A newer piece about the same subject
// replaces the older one.
class broadcast_queue {
 public:
  explicit broadcast_queue(std::size_t pieces_max) : pieces_max_(pieces_max) {}

  // `subject` empty: replaces nothing. False: something else was dropped to make room for it.
  bool push(const std::string& subject, std::string bytes);
  // Moves pieces that fit into `room` to `out`; each costs `overhead` more. A piece that was sent
  // `times` leaves the queue.
  std::size_t take(std::size_t room, std::size_t overhead, std::uint32_t times,
                   std::vector<std::string>& out);
  void remove(const std::string& subject);
  [[nodiscard]] std::size_t size() const { return pieces_.size(); }
  [[nodiscard]] bool empty() const { return pieces_.empty(); }

 private:
  struct piece {
    std::uint32_t sent = 0;
    std::uint64_t id = 0;
    std::string subject;
    std::string bytes;
    bool operator<(const piece& other) const {
      if (sent != other.sent) return sent < other.sent;
      if (bytes.size() != other.bytes.size()) return bytes.size() > other.bytes.size();
      return id > other.id;
    }
  };
  using piece_set = std::set<piece>;
  void erase(piece_set::iterator at);

  std::size_t pieces_max_;
  std::uint64_t next_id_ = 1;
  piece_set pieces_;
  std::unordered_map<std::string, piece_set::iterator> by_subject_;
};

// Times each piece is sent among `members` nodes.
[[nodiscard]] std::uint32_t retransmissions(std::uint32_t factor, std::size_t members);

}  // namespace mw::swim
