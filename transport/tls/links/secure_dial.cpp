// secure_dial: connects, proves, answers once.
// SPDX-License-Identifier: Apache-2.0
#include "links/secure_dial.h"

#include <utility>

namespace mw::tls {

secure_dial::secure_dial(works& shared, step_queue& steps, transport& over,
                         const dial_request& request, done_function done)
    : shared_(shared),
      steps_(steps),
      request_(request),
      until_(shared.node.now() + request.deadline),
      done_(std::make_shared<done_function>(std::move(done))),
      carrier_(over.dial(request, [this](result<link> made) { connected(std::move(made)); })) {}

void secure_dial::connected(result<link> carrier) {
  if (!carrier) return answer(std::move(carrier));
  const duration left = until_ - shared_.node.now();
  handshake_owner& us = *this;
  doing_ = std::make_unique<handshake>(
      shared_, steps_, us,
      handshake::task{std::move(*carrier), side::dialler, request_.peer, to_string(request_.to),
                      std::max(left, duration::zero())});
  doing_->start();
}

void secure_dial::on_linked(handshake&, link made) {
  answer(std::move(made));
}

void secure_dial::on_refused(handshake&, const verdict& why) {
  answer(why.as_failure().in("cannot connect to " + to_string(request_.to)));
}

// The handshake lives until the answer is given: it is on the stack.
void secure_dial::answer(result<link> outcome) {
  const std::unique_ptr<handshake> last = std::move(doing_);
  const std::shared_ptr<done_function> done = std::move(done_);
  if (done) (*done)(std::move(outcome));  // the user may destroy this: nothing may follow
}

}  // namespace mw::tls
