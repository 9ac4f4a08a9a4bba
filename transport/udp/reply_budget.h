// reply_budget: how much may be sent to an address that has proved nothing yet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mw::udp {

// The sender of a packet may be forged. Until it spoke twice it gets no more bytes than came from
// it, so that nobody can use this node to flood somebody else. A pure core.
class reply_budget {
 public:
  // Of a peer whom we called first: nothing is owed.
  [[nodiscard]] static reply_budget unlimited() {
    reply_budget budget;
    budget.packets_ = packets_needed;
    return budget;
  }

  void heard(std::size_t bytes) {
    if (packets_ < packets_needed) ++packets_;
    heard_ += bytes;
  }
  void said(std::size_t bytes) { said_ += bytes; }
  [[nodiscard]] bool open() const { return packets_ == packets_needed; }
  [[nodiscard]] bool allows(std::size_t bytes) const { return open() || said_ + bytes <= heard_; }

 private:
  static constexpr std::uint8_t packets_needed = 2;
  std::uint64_t heard_ = 0;
  std::uint64_t said_ = 0;
  std::uint8_t packets_ = 0;
};

}  // namespace mw::udp
