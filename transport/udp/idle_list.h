// idle_list: links in the order in which their peers were heard last.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

namespace mw::udp {

class idle_list;

// A link's place in the list; leaves it when destroyed.
class idle_place {
 public:
  idle_place() = default;
  idle_place(const idle_place&) = delete;
  idle_place& operator=(const idle_place&) = delete;

 protected:
  ~idle_place() { leave(); }
  void leave() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 private:
  friend class idle_list;
  idle_place* previous_ = this;
  idle_place* next_ = this;
  time_point heard_at_{};
};

// A pure core: touching and finding the oldest cost the same for one link and for a million.
class idle_list {
 public:
  idle_list() = default;
  void touch(idle_place& one, time_point now) {
    one.leave();
    one.heard_at_ = now;
    one.previous_ = head_.previous_;
    one.next_ = &head_;
    one.previous_->next_ = &one;
    head_.previous_ = &one;
  }
  // The one heard last before all others; null when the list is empty.
  [[nodiscard]] idle_place* oldest() const { return head_.next_ == &head_ ? nullptr : head_.next_; }
  [[nodiscard]] static time_point heard_at(const idle_place& one) { return one.heard_at_; }

 private:
  struct head final : idle_place {};
  head head_;
};

}  // namespace mw::udp
