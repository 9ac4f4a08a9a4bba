// reply: what endpoints hold while they answer: a ticket for one answer, a handle for one feed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admin.h>

#include <cstdint>
#include <memory>

namespace mw::http {

class connection;

// Endpoints may keep tickets and handles longer than the connection lives, and longer than this
// plug-in lives: hence a shared link that the connection cuts when it goes.
struct connection_link {
  connection* to;
};

// Answers one request, once. Destroying it unused answers 500 in its place.
class reply_ticket {
 public:
  reply_ticket(std::weak_ptr<connection_link> link, std::uint64_t exchange) noexcept
      : link_(std::move(link)), exchange_(exchange) {}
  reply_ticket(reply_ticket&& other) noexcept = default;
  reply_ticket& operator=(reply_ticket&&) = delete;
  ~reply_ticket();

  void operator()(admin_response answer);

 private:
  std::weak_ptr<connection_link> link_;
  std::uint64_t exchange_;
};

// The sending end of an event stream or WebSocket.
class feed_handle final : public admin_feed {
 public:
  explicit feed_handle(std::weak_ptr<connection_link> link) : link_(std::move(link)) {}
  feed_handle(const feed_handle&) = delete;
  feed_handle& operator=(const feed_handle&) = delete;
  ~feed_handle() override;

  bool send(std::string_view event, std::string_view data) override;
  void on_closed(function<void()> closed) override;

  // Called by the connection when it ends first. The callback may destroy this.
  void cut();

 private:
  std::weak_ptr<connection_link> link_;
  function<void()> closed_;
};

}  // namespace mw::http
