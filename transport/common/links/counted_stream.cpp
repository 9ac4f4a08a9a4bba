// counted_stream: counts on the way through.
// SPDX-License-Identifier: Apache-2.0
#include "counted_stream.h"

#include <utility>

namespace mw::transports {

counted_stream::counted_stream(stream_ptr inner, link_book& book, link_origin from)
    : book_(book), from_(from), inner_(std::move(inner)) {
  book_.opened(from_);
}

counted_stream::~counted_stream() {
  if (leash_ != nullptr) leash_->to = nullptr;
  leave();
}

eviction_leash::~eviction_leash() {
  if (to != nullptr) to->leash_ = nullptr;
}

void counted_stream::watch(admission_scope& by) {
  auto leash = std::make_unique<eviction_leash>(*this);
  leash_ = leash.get();
  by.on_eviction([leash = std::move(leash)](const failure& why) {
    if (leash->to != nullptr) leash->to->evicted(why);
  });
}

void counted_stream::evicted(const failure& why) {
  if (!open_) return;
  if (events_ == nullptr) return inner_->finish();
  leave();
  evicted_ = true;
  events_->on_closed(named(why));  // the owner may destroy this: nothing may follow
}

void counted_stream::leave() {
  if (std::exchange(open_, false)) book_.closed(from_);
}

void counted_stream::start(stream_events& events) {
  events_ = &events;
  inner_->start(*this);
}

std::size_t counted_stream::write(bytes_view bytes) {
  const std::size_t taken = inner_->write(bytes);
  book_.sent(taken);
  return taken;
}

bool counted_stream::write(slice bytes) {
  const std::size_t size = bytes.size();
  if (!inner_->write(std::move(bytes))) return false;
  book_.sent(size);
  return true;
}

void counted_stream::commit(std::size_t count) {
  inner_->commit(count);
  book_.sent(count);
}

void counted_stream::on_data(bytes_view bytes) {
  if (evicted_) return;
  book_.received(bytes.size());
  events_->on_data(bytes);  // the owner may destroy this: nothing may follow
}

void counted_stream::on_closed(const failure& why) {
  if (evicted_) return;
  leave();
  if (why.kind() == errc::timed_out) book_.peer_vanished();
  events_->on_closed(named(why));  // the owner may destroy this: nothing may follow
}

// Whoever reads a log line has to know whose link it was. Dialling unix sockets have no name.
failure counted_stream::named(const failure& why) const {
  const std::string peer = to_string(remote());
  if (remote().empty()) return why.in("link with a peer of " + to_string(local()));
  return why.text().find(peer) != std::string::npos ? why : why.in("link with " + peer);
}

}  // namespace mw::transports
