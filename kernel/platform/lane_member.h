// lane_member: what a platform object needs to take part in the turns of its lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <optional>
#include <utility>

namespace mw::kernel {

class lane_member;

// A place in one of the lane's lists; leaves it when destroyed.
class lane_link {
 public:
  lane_link() : previous_(this), next_(this) {}
  explicit lane_link(lane_member& owner) : lane_link() { owner_ = &owner; }
  lane_link(const lane_link&) = delete;
  lane_link& operator=(const lane_link&) = delete;
  ~lane_link() { unlink(); }

  [[nodiscard]] bool linked() const { return next_ != this; }
  void unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }
  // On a list head: appends `item` unless it waits in a list already.
  void push(lane_link& item) {
    if (item.linked()) return;
    item.previous_ = std::exchange(previous_, &item);
    item.next_ = this;
    item.previous_->next_ = &item;
  }
  // On a list head: takes the first item out, null when empty.
  lane_member* pop() {
    if (!linked()) return nullptr;
    lane_link* first = next_;
    first->unlink();
    return first->owner_;
  }
  // On an empty list head: takes over all items of `other`.
  void take_all(lane_link& other) {
    if (!other.linked()) return;
    other.previous_->next_ = this;
    other.next_->previous_ = this;
    previous_ = std::exchange(other.previous_, &other);
    next_ = std::exchange(other.next_, &other);
  }

 private:
  lane_link* previous_;
  lane_link* next_;
  lane_member* owner_ = nullptr;
};

// A stream, socket, file queue ... of a lane. Members may be destroyed at any time on their lane.
class lane_member {
 public:
  lane_member() : flush_link(*this), notice_link(*this) {}
  virtual ~lane_member() = default;

  virtual void flush() {}    // at the end of the turn: hand bytes to the operating system
  virtual void notice() {}   // at the beginning of the next turn: callbacks that were put off
  virtual void expired() {}  // the deadline has passed

  lane_link flush_link;
  lane_link notice_link;
  std::optional<time_point> due_at;  // written by the lane only
};

// Runs a callback that may destroy the object it belongs to.
class life_watch {
 public:
  life_watch() = default;
  life_watch(const life_watch&) = delete;
  life_watch& operator=(const life_watch&) = delete;
  ~life_watch() {
    if (gone_ != nullptr) *gone_ = true;
  }
  // False: this object is gone, return without touching it.
  template <class Call>
  [[nodiscard]] bool survives(Call&& call) {
    bool gone = false;
    gone_ = &gone;
    call();
    if (!gone) gone_ = nullptr;
    return !gone;
  }

 private:
  bool* gone_ = nullptr;
};

// Something that is freed at the end of the turn, when no frame runs inside it any more.
struct lane_remains {
  virtual ~lane_remains() = default;
};

// A plug-in's callback. Buried with its object, because a callback that destroys the object would
// otherwise destroy its own captures while it runs.
template <class Signature>
struct callback_box final : lane_remains {
  explicit callback_box(function<Signature> f) : call(std::move(f)) {}
  function<Signature> call;
};

}  // namespace mw::kernel
