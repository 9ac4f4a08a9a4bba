// work_desk: runs work on the world's own thread, some virtual time after it was submitted.
// SPDX-License-Identifier: Apache-2.0
#include "work_desk.h"

#include "process.h"

#include <utility>

namespace mw::sim {

namespace {

constexpr std::size_t pending_max =
    1024;                              // per process, like the bounded queue of the real platform
constexpr duration start_max = 100us;  // until a worker is free
constexpr duration run_min = 10us;
constexpr duration run_max = 2ms;

class work_in_progress final : public work_handle {
 public:
  work_in_progress(lane& home, kernel::resource_ledger& ledger, function<void()> run,
                   function<void()> done)
      : lane_(home), done_(std::move(done)), counted_(ledger.works) {
    process& process = lane_.home();
    const slot_id id = process.works().emplace(pending_work{std::move(run), &telling_, &home});
    id_ = id;
    const duration start = process.scheduling().between(duration::zero(), start_max);
    process.events().after(start, process.on().tag(event_kind::work), [&process, id] {
      pending_work* work = process.works().find(id);
      if (work == nullptr) return;
      work->run();
      work->run = nullptr;
      const duration takes = process.scheduling().between(run_min, run_max);
      process.events().after(takes, process.on().tag(event_kind::work_done),
                             [&process, id] { finished(process, id); });
    });
  }
  ~work_in_progress() override {
    if (!lane_.alive()) return;
    // What has not begun may or may not run, as with real workers.
    pending_work* work = lane_.home().works().find(id_);
    if (work == nullptr) return;
    if (lane_.home().scheduling().coin())
      lane_.home().works().erase(id_);
    else
      work->finished = nullptr;
  }

 private:
  static void finished(process& process, slot_id id) {
    pending_work* work = process.works().find(id);
    if (work == nullptr) return;
    if (work->finished != nullptr) work->home->ready(*work->finished);
    process.works().erase(id);
  }
  void tell() {
    const function<void()> done = std::move(done_);
    if (done) done();
  }

  lane& lane_;
  slot_id id_ = 0;
  function<void()> done_;
  kernel::ledger_entry counted_;
  member_task<work_in_progress, &work_in_progress::tell> telling_{*this};
};

}  // namespace

result<work_ptr> work_desk::submit(function<void()> run, function<void()> done) {
  if (lane_.home().works().size() >= pending_max)
    return {errc::overloaded, "more than " + std::to_string(pending_max) + " computations wait"};
  return work_ptr(
      std::make_unique<work_in_progress>(lane_, ledger_, std::move(run), std::move(done)));
}

}  // namespace mw::sim
