// work: long computations off the lane; values go in, values come back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <memory>

namespace mw {

// Work under way. Destroying the handle means that `done` is not called; `run` may still finish.
class work_handle {
 public:
  virtual ~work_handle() = default;
};
using work_ptr = std::unique_ptr<work_handle>;

// Implemented by the platforms.
class work_service {
 public:
  // `run` executes on a worker thread and may touch only what it captured by value; `done` runs in
  // a later turn of this lane. `overloaded` when the bounded queue is full.
  virtual result<work_ptr> submit(function<void()> run, function<void()> done) = 0;

 protected:
  ~work_service() = default;
};

}  // namespace mw
