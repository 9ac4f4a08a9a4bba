// admin: plug-ins offer endpoints for people and tools; http, REST and the command line serve them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

enum class admin_kind : std::uint8_t {
  read,    // GET: no side effect
  action,  // POST: changes something; needs authorization once security is configured
  feed,    // a stream of messages until either side ends it (SSE or WebSocket)
};

// One endpoint, for example {"/members", "The members as this node sees them."}.
struct admin_endpoint {
  std::string path;     // absolute; "/*" at the end takes every path below
  std::string summary;  // one sentence for the index page and OpenAPI
  admin_kind kind = admin_kind::read;
};

// Borrowed for the duration of the handler call.
struct admin_request {
  std::string_view path;  // decoded and normalised
  std::string_view body;
  std::string_view caller;  // authenticated identity; empty when authentication is off
  std::vector<std::pair<std::string, std::string>> query;

  // The first value of query parameter `name`; empty when absent.
  [[nodiscard]] std::string_view parameter(std::string_view name) const;
};

struct admin_response {
  int status = 200;  // an HTTP status code
  std::string content_type = "application/json";
  std::string body;
};

// A JSON error body and the status code that fits the failure's kind.
[[nodiscard]] admin_response admin_failure(const failure& why);

// The listening end of a feed. Owned by the handler's plug-in; destroying it ends the feed.
class admin_feed {
 public:
  virtual ~admin_feed() = default;
  // False when the listener is too slow: the message was dropped and counted.
  virtual bool send(std::string_view event, std::string_view data) = 0;
  virtual void on_closed(function<void()> closed) = 0;
};

// Answers one request; may be moved away and called in a later turn, once. Dropping it unanswered
// sends "500: the plug-in gave no answer".
using admin_reply = function<void(admin_response)>;
using admin_handler = function<void(const admin_request&, admin_reply)>;
using feed_handler = function<void(const admin_request&, std::unique_ptr<admin_feed>)>;

// Keeps an offer alive.
class admin_offer {
 public:
  virtual ~admin_offer() = default;
};

// For plug-ins that offer. A path offered twice fails the second plug-in's construction.
class admin_service {
 public:
  [[nodiscard]] virtual std::unique_ptr<admin_offer> offer(admin_endpoint endpoint,
                                                           admin_handler handler) = 0;
  [[nodiscard]] virtual std::unique_ptr<admin_offer> offer_feed(admin_endpoint endpoint,
                                                                feed_handler handler) = 0;

 protected:
  ~admin_service() = default;
};

// For plug-ins that serve. The kernel provides it to every plug-in that declares it.
class admin_directory {
 public:
  static constexpr std::string_view contract = "admin.directory/1";

  // All endpoints, sorted by path.
  [[nodiscard]] virtual std::vector<admin_endpoint> endpoints() const = 0;
  // The endpoint that serves `path`, if any.
  [[nodiscard]] virtual std::optional<admin_endpoint> find(std::string_view path) const = 0;
  // Calls the handler of `path`; `not_found` or `unsupported` (a feed) when there is none to call.
  virtual status call(const admin_request& request, admin_reply reply) = 0;
  virtual status open_feed(const admin_request& request, std::unique_ptr<admin_feed> feed) = 0;

 protected:
  ~admin_directory() = default;
};

}  // namespace mw
