// admitted_stream: see admitted_stream.h.
// SPDX-License-Identifier: Apache-2.0
#include "gate/admitted_stream.h"

#include <utility>

namespace mw::http {

stream_ptr admitted_stream::make(stream_ptr inner, std::unique_ptr<admission_scope> scope) {
  return std::make_unique<admitted_stream>(std::move(inner), std::move(scope));
}

admitted_stream::admitted_stream(stream_ptr inner, std::unique_ptr<admission_scope> scope)
    : scope_(std::move(scope)), inner_(std::move(inner)) {
  auto held = std::make_unique<leash>(*this);
  leash_ = held.get();
  scope_->on_eviction([held = std::move(held)](const failure& why) {
    if (held->to != nullptr) held->to->evicted(why);
  });
}

admitted_stream::~admitted_stream() {
  if (leash_ != nullptr) leash_->to = nullptr;
}

void admitted_stream::start(stream_events& events) {
  events_ = &events;
  inner_->start(*this);
}

// Over the share of its address it stays among the unproved, whose deadline goes on.
void admitted_stream::answered() {
  answered_ = static_cast<bool>(scope_->authenticated("http", false));
}

std::size_t admitted_stream::write(bytes_view bytes) {
  if (!answered_) answered();
  return inner_->write(bytes);
}

bool admitted_stream::write(slice bytes) {
  if (!answered_) answered();
  return inner_->write(std::move(bytes));
}

void admitted_stream::on_data(bytes_view bytes) {
  if (!over_) events_->on_data(bytes);
}
void admitted_stream::on_writable() {
  if (!over_) events_->on_writable();
}
void admitted_stream::on_end() {
  if (!over_) events_->on_end();
}

void admitted_stream::on_closed(const failure& why) {
  if (!std::exchange(over_, true)) events_->on_closed(why);
}

void admitted_stream::evicted(const failure& why) {
  if (events_ == nullptr || std::exchange(over_, true)) return;
  events_->on_closed(why);  // the owner may destroy this: nothing may follow
}

}  // namespace mw::http
