// round: asks all sources to look again, and waits until each has answered or taken too long.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/discovery.h>
#include <mw/host.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mw::registry {

class round {
 public:
  struct listener {
    // A source has answered, be it too late, or has taken too long.
    virtual void answered(std::size_t source, const status& outcome) = 0;
    // All have: `worst` is an error when none of them succeeded.
    virtual void round_over(const status& worst) = 0;

   protected:
    ~listener() = default;
  };

  round(const host& node, std::vector<discovery*> sources, duration patience, listener& to);
  round(const round&) = delete;
  round& operator=(const round&) = delete;
  ~round() { *self_ = nullptr; }

  // While a round runs, a call joins it.
  void begin();
  [[nodiscard]] bool running() const { return open_ > 0; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  struct asked {
    discovery* source = nullptr;
    bool pending = false;  // has not answered yet: it is not asked a second time
    bool counts = false;   // this round waits for it
  };
  void answer(std::size_t index, const status& outcome);
  void settle(std::size_t index, const status& outcome);
  void out_of_patience();

  duration patience_;
  listener& listener_;
  std::vector<asked> asked_;
  std::size_t open_ = 0;
  std::size_t succeeded_ = 0;
  status worst_;
  std::uint64_t count_ = 0;
  // Sources outlive this and may answer afterwards; shared with what they call, null by then.
  std::shared_ptr<round*> self_;
  timer limit_;
};

}  // namespace mw::registry
