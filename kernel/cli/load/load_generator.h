// load_generator: keeps a number of messages under way and measures them; lives on a node's lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "latency.h"

#include <mw/buffer.h>
#include <mw/router.h>

#include <cstdint>
#include <string>

namespace mw::kernel::cli {

enum class load_work : std::uint8_t {
  echo,     // calls: each answer makes room for the next
  one_way,  // messages without an answer, as fast as the queue takes them
  fan_out,  // one message to all that offer the service
};

struct load_plan {
  load_work work = load_work::echo;
  std::size_t size = 64;        // bytes of the body
  std::uint32_t in_flight = 1;  // echo: calls; else: messages that no link has taken yet
  mw::priority priority = mw::priority::normal;
  duration deadline = 5s;  // of each call
};

struct load_counts {
  std::uint64_t sent = 0;      // taken by the router
  std::uint64_t finished = 0;  // answered, or handed to a link
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;  // the router said overloaded: sent again later
  std::string first_failure;
  latency_histogram took;  // of calls

  void add(const load_counts& other);
};

// All calls belong to the lane. Destroy it only after stop() and when idle() holds.
class load_generator {
 public:
  // `again` runs its argument in a later turn.
  using again_function = function<void(function<void()>)>;
  load_generator(router& through, service_ref service, const load_plan& plan, again_function again);

  void start();
  void stop() { stopping_ = true; }
  [[nodiscard]] bool idle() const { return under_way_ == 0 && !waiting_; }
  // What happened since the last take().
  [[nodiscard]] load_counts take();

 private:
  void fill();
  [[nodiscard]] bool send_one();
  [[nodiscard]] status ask();
  [[nodiscard]] status tell();
  void finished(const failure* why);
  void fill_later();
  [[nodiscard]] route where() const;

  router& router_;
  service_ref service_;
  load_plan plan_;
  again_function again_;
  slice body_;
  load_counts counts_;
  std::uint32_t under_way_ = 0;
  bool filling_ = false;
  bool waiting_ = false;  // a fill is due in a later turn
  bool stopping_ = false;
};

}  // namespace mw::kernel::cli
