// packet_link: what may be sent, what waits to be heard, and how a link without an end ends.
// SPDX-License-Identifier: Apache-2.0
#include "packet_link.h"

#include "port.h"

#include <utility>

namespace mw::udp {

packet_link::packet_link(context& shared, std::shared_ptr<port> by, const endpoint& remote,
                         reply_budget budget)
    : shared_(shared),
      port_(std::move(by)),
      local_(port_->local()),
      remote_(remote),
      budget_(budget) {
  port_->add(remote_, *this);
  shared_.heard(*this);
}

packet_link::~packet_link() {
  if (gone_ != nullptr) *gone_ = true;
  if (port_) port_->remove(remote_);
}

const endpoint& packet_link::local() const {
  return local_;
}

void packet_link::start(stream_events& events) {
  owner_ = &events;
  if (!waiting_.empty() || over_) wake();
}

std::size_t packet_link::write(bytes_view bytes) {
  if (!port_ || bytes.empty()) return 0;
  if (bytes.size() > shared_.bounds.max_packet) {
    complain_about_size(bytes.size());
    return 0;
  }
  if (!budget_.allows(bytes.size())) {
    shared_.refused_unproved.add();
    refused_ = true;
    return 0;
  }
  const status sent = port_->send(remote_, bytes);
  if (!sent) {
    shared_.dropped_send.add();
    refused_ = true;
    wake();  // the queue of the socket is empty again by then
    return 0;
  }
  budget_.said(bytes.size());
  return bytes.size();
}

void packet_link::complain_about_size(std::size_t size) {
  shared_.refused_oversize.add();
  if (std::exchange(complained_, true)) return;
  shared_.host.log().warn("a packet is too large and was not sent",
                          {{"to", to_string(remote_)},
                           {"bytes", size},
                           {"max_packet", shared_.bounds.max_packet},
                           {"remedy", "send smaller messages, raise max_packet, or use TCP"}});
}

void packet_link::tell_when_unsent(std::size_t /*unsent_max*/) {
  refused_ = true;
  wake();
}

void packet_link::resume_reading() {
  paused_ = false;
  if (!waiting_.empty()) wake();
}

void packet_link::finish() {
  end({errc::disconnected, "link with " + to_string(remote_) + ": finished by this side"});
}

void packet_link::received(bytes_view packet) {
  budget_.heard(packet.size());
  shared_.heard(*this);
  if (owner_ != nullptr && !paused_ && waiting_.empty()) {
    if (!tell_packet(packet)) return;
  } else if (waiting_.size() < shared_.bounds.queue_packets) {
    waiting_.push_back(slice::copy_of(packet));
    if (owner_ != nullptr && !paused_) wake();
  } else {
    shared_.dropped_unread.add();
  }
  if (refused_ && budget_.open()) wake();
}

void packet_link::silent() {
  end({errc::timed_out, "link with " + to_string(remote_) + ": nothing heard for " +
                            to_string(shared_.bounds.idle_timeout) + ", which is idle_timeout"});
}

void packet_link::end(failure why) {
  if (over_) return;
  over_ = std::make_unique<failure>(std::move(why));
  leave();  // the idle list
  std::exchange(port_, nullptr)->remove(remote_);
  wake();
}

void packet_link::wake() {
  if (!next_turn_) next_turn_ = shared_.host.make_timer([this] { tell(); });
  if (!next_turn_->armed()) next_turn_->arm(duration::zero());
}

template <class Call>
bool packet_link::survives(Call call) {
  bool gone = false;
  gone_ = &gone;
  call();
  if (gone) return false;
  gone_ = nullptr;
  return true;
}

bool packet_link::tell_packet(bytes_view packet) {
  return survives([this, packet] { owner_->on_data(packet); });
}

bool packet_link::tell_waiting() {
  while (!paused_ && !waiting_.empty()) {
    const slice packet = std::move(waiting_.front());
    waiting_.pop_front();
    if (!tell_packet(packet.view())) return false;
  }
  return true;
}

void packet_link::tell() {
  if (owner_ == nullptr || told_closed_ || !tell_waiting()) return;
  if (over_) {
    told_closed_ = true;
    const failure why = *over_;
    return owner_->on_closed(why);  // the owner may destroy this: nothing may follow
  }
  if (!refused_ || !budget_.allows(1)) return;
  refused_ = false;
  owner_->on_writable();  // the owner may destroy this: nothing may follow
}

}  // namespace mw::udp
