// reply: both look first whether the connection still exists.
// SPDX-License-Identifier: Apache-2.0
#include "reply.h"

#include "connection.h"

namespace mw::http {
namespace {

connection* alive(const std::weak_ptr<connection_link>& link) {
  const auto held = link.lock();
  return held ? held->to : nullptr;
}

}  // namespace

reply_ticket::~reply_ticket() {
  if (connection* const to = alive(link_))
    to->replied(exchange_,
                {500, "application/json", error_body(500, "the plug-in gave no answer")});
}

void reply_ticket::operator()(admin_response answer) {
  connection* const to = alive(link_);
  link_.reset();
  if (to != nullptr) to->replied(exchange_, std::move(answer));
}

feed_handle::~feed_handle() {
  if (connection* const to = alive(link_)) to->feed_destroyed();
}

bool feed_handle::send(std::string_view event, std::string_view data) {
  connection* const to = alive(link_);
  return to != nullptr && to->push(event, data);
}

void feed_handle::on_closed(function<void()> closed) {
  closed_ = std::move(closed);
  // Too late to be told by the connection; the callback may destroy this.
  if (alive(link_) == nullptr) cut();
}

void feed_handle::cut() {
  link_.reset();
  if (const function<void()> closed = std::exchange(closed_, nullptr)) closed();
}

}  // namespace mw::http
