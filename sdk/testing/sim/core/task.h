// task: something a lane has to do in a coming turn; it forgets the lane when it is destroyed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace mw::sim {

// A place in at most one list. Lists are circular and begin at a task_list.
class task {
 public:
  task() : previous_(this), next_(this) {}
  task(const task&) = delete;
  task& operator=(const task&) = delete;
  virtual ~task() { unlink(); }
  virtual void run() {}

  [[nodiscard]] bool waiting() const { return next_ != this; }
  void unlink() {
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = this;
  }

 private:
  friend class task_list;
  void insert_after(task& place) {
    previous_ = &place;
    next_ = std::exchange(place.next_, this);
    next_->previous_ = this;
  }
  task* previous_;
  task* next_;
};

// Calls a member function of its owner, which has it as a member.
template <class Owner, void (Owner::*Method)()>
class member_task final : public task {
 public:
  explicit member_task(Owner& owner) : owner_(owner) {}
  void run() override { (owner_.*Method)(); }

 private:
  Owner& owner_;
};

class task_list {
 public:
  [[nodiscard]] bool empty() const { return !head_.waiting(); }
  void push_back(task& item) { item.insert_after(*head_.previous_); }
  void push_front(task& item) { item.insert_after(head_); }

  // Runs what is in the list now; tasks may destroy each other and add new ones, for the next time.
  void run_present() {
    task_list present;
    if (empty()) return;
    present.head_.insert_after(*head_.previous_);
    head_.unlink();
    while (!present.empty()) {
      task& first = *present.head_.next_;
      first.unlink();
      first.run();
    }
  }

 private:
  task head_;
};

// Tells a running member function that a callback destroyed its object.
class life_watch {
 public:
  life_watch() = default;
  life_watch(const life_watch&) = delete;
  life_watch& operator=(const life_watch&) = delete;
  ~life_watch() {
    if (gone_ != nullptr) *gone_ = true;
  }
  // False: the object is gone, return without touching it. Calls do not nest.
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

}  // namespace mw::sim
