// stream_link: bytes from the stream to the conversation and back.
// SPDX-License-Identifier: Apache-2.0
#include "node/stream_link.h"

#include <utility>

namespace mw::swim {

namespace {
constexpr stream_options plain_options{.send_limit = byte_size{5 * 1024 * 1024}};
}

stream_link::stream_link(host& h, link_owner& owner, party_ptr party, const stream_task& task,
                         duration deadline)
    : host_(h), owner_(owner), party_(std::move(party)), task_(task) {
  dial_ = host_.streams().dial(task.to, plain_options, deadline,
                               [this](result<stream_ptr> outcome) { dialled(std::move(outcome)); });
  deadline_ = host_.after(deadline, [this] { on_deadline(); });
}

stream_link::stream_link(host& h, link_owner& owner, party_ptr party, stream_ptr accepted,
                         duration deadline)
    : host_(h), owner_(owner), party_(std::move(party)), stream_(std::move(accepted)) {
  deadline_ = host_.after(deadline, [this] { on_deadline(); });
  stream_->start(*this);
}

void stream_link::on_deadline() {
  end(said_all_ ? stream_end::answered : stream_end::broken, drop::none);
}

void stream_link::dialled(result<stream_ptr> outcome) {
  if (!outcome) {
    const bool refused = outcome.error().kind() == errc::disconnected;
    return end(refused ? stream_end::refused : stream_end::broken, drop::none);
  }
  stream_ = std::move(*outcome);
  stream_->start(*this);
  run(party_->begin());
}

void stream_link::run(stream_step step) {
  unsent_ += step.write;
  if (step.why != drop::none) return end(stream_end::broken, step.why);
  if (step.done) said_all_ = true;
  push();
}

void stream_link::push() {
  if (!stream_ || ended_) return;
  const std::size_t taken = stream_->write(as_bytes(unsent_));
  owner_.link_moved(taken, 0);
  unsent_.erase(0, taken);
  // What was said last has to arrive: a stream that is destroyed takes it along.
  if (unsent_.empty() && said_all_) stream_->finish();
}

void stream_link::on_data(bytes_view bytes) {
  if (said_all_ || ended_) return;
  owner_.link_moved(0, bytes.size());
  const stream_step step = party_->feed(as_text(bytes));
  owner_.link_progressed();
  run(step);
}

void stream_link::on_end() {
  if (!said_all_) end(stream_end::broken, drop::none);
}

void stream_link::on_closed(const failure&) {
  end(said_all_ ? stream_end::answered : stream_end::broken, drop::none);
}

void stream_link::end(stream_end how, drop why) {
  if (std::exchange(ended_, true)) return;
  owner_.link_ended(*this, how, why);  // destroys this: nothing may follow
}

}  // namespace mw::swim
