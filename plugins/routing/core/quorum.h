// quorum: when a question to many members is decided. Counting only; no time, no messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mw::routing {

// Of `members`, `first` are asked at once and the rest are spares; `need` replies decide. Each
// member is counted once: it is asked once, and replies or fails once.
class quorum {
 public:
  enum class state : std::uint8_t { open, met, hopeless, exhausted };

  quorum() = default;
  // need 0: all that are asked, as far as they can; first 0: all.
  quorum(std::uint32_t members, std::uint32_t first, std::uint32_t need)
      : members_(members),
        spares_(first == 0 || first >= members ? 0 : members - first),
        need_(need) {}

  void asked() { ++asked_; }
  // False: none is left.
  bool take_spare() { return spares_ != 0 && (--spares_, true); }
  void replied() { ++replied_; }
  void failed() { ++failed_; }

  [[nodiscard]] state now() const {
    if (need_ != 0 && replied_ >= need_) return state::met;
    if (need_ != 0 && failed_ + need_ > members_) return state::hopeless;
    if (missing() == 0 && spares_ == 0)
      return need_ == 0 && failed_ == 0 ? state::met : state::exhausted;
    return state::open;
  }
  [[nodiscard]] std::uint32_t missing() const { return asked_ - replied_ - failed_; }
  [[nodiscard]] std::uint32_t asked_count() const { return asked_; }
  [[nodiscard]] std::uint32_t replied_count() const { return replied_; }
  [[nodiscard]] std::uint32_t failed_count() const { return failed_; }
  [[nodiscard]] std::uint32_t need() const { return need_; }
  [[nodiscard]] std::uint32_t members() const { return members_; }
  [[nodiscard]] std::uint32_t spares() const { return spares_; }

 private:
  std::uint32_t members_ = 0;
  std::uint32_t spares_ = 0;
  std::uint32_t need_ = 0;
  std::uint32_t asked_ = 0;
  std::uint32_t replied_ = 0;
  std::uint32_t failed_ = 0;
};

}  // namespace mw::routing
