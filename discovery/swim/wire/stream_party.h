// stream_party: one end of a stream between two members, without the stream: bytes in, bytes out.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine.h"
#include "wire/envelope.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

// What a conversation needs of the node that holds it. Outlives all parties.
class knowledge {
 public:
  [[nodiscard]] virtual engine& live_core() = 0;
  // What users of the protocol add to a comparison of states.
  [[nodiscard]] virtual std::string user_state() = 0;
  virtual void merge_user_state(std::string_view bytes, bool join) = 0;
  virtual void user_message(const std::string& bytes) = 0;
  [[nodiscard]] virtual time_point now() const = 0;

 protected:
  ~knowledge() = default;
};

struct stream_step {
  std::string write;
  bool done = false;      // this side has said and heard everything
  drop why = drop::none;  // not none: broken, nothing that came counts
};

class stream_party {
 public:
  virtual ~stream_party() = default;
  virtual stream_step begin() = 0;  // the dialler speaks first; the other end has nothing to say
  virtual stream_step feed(std::string_view bytes) = 0;
};
using party_ptr = std::unique_ptr<stream_party>;

}  // namespace mw::swim
