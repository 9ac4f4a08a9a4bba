// secure_dial: a dial: the carrier's first, then the handshake, under one deadline.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/handshake.h"

#include <memory>

namespace mw::tls {

class secure_dial final : public dial_handle, private handshake_owner {
 public:
  using done_function = function<void(result<link>)>;
  secure_dial(works& shared, step_queue& steps, transport& over, const dial_request& request,
              done_function done);

 private:
  void connected(result<link> carrier);
  void on_linked(handshake& from, link made) override;
  void on_refused(handshake& from, const verdict& why) override;
  void answer(result<link> outcome);

  works& shared_;
  step_queue& steps_;
  const dial_request request_;
  const time_point until_;
  // Shared, because a callback that destroys this still runs.
  std::shared_ptr<done_function> done_;
  std::unique_ptr<handshake> doing_;
  dial_ptr carrier_;
};

}  // namespace mw::tls
