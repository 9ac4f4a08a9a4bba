// rpc: typed services: structs in, structs out; the bytes stay below.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/router.h>
#include <mw/services.h>

#include <string_view>
#include <utility>

namespace mw {

// What settles an exchange, once. Destroyed without an answer it refuses, so that no caller waits
// in vain. Must not outlive the plug-in that serves.
template <class Reply>
class responder {
 public:
  responder(router& tools, services& home, reply_ref to) : tools_(&tools), home_(&home), to_(to) {}
  responder(responder&& other) noexcept
      : tools_(other.tools_), home_(other.home_), to_(std::exchange(other.to_, {})) {}
  responder& operator=(responder&& other) noexcept {
    std::swap(tools_, other.tools_);
    std::swap(home_, other.home_);
    std::swap(to_, other.to_);
    return *this;
  }
  ~responder() {
    if (to_.id != 0) refuse({errc::internal, "the service gave no answer"});
  }

  void reply(const Reply& reply) { finish(put(reply, true, {})); }
  void refuse(const failure& why) { home_->refuse(std::exchange(to_, {}), why); }
  // One of several answers; reply() ends them. `overloaded`: wait for `room`.
  [[nodiscard]] status item(const Reply& item, function<void()> room = {}) {
    return put(item, false, std::move(room));
  }
  // False for messages that want no answer, and after the answer.
  [[nodiscard]] bool expected() const { return to_.id != 0; }
  [[nodiscard]] reply_ref ref() const { return to_; }
  // Lets go without an answer: somebody else gives it.
  reply_ref release() { return std::exchange(to_, {}); }

 private:
  status put(const Reply& message, bool last, function<void()> room) {
    if (to_.id == 0) return {};
    const router_tools with = tools_->tools();
    MW_CHECK(encode(with.codec, message, with.out));
    return home_->answer(to_, with.out, last, std::move(room));
  }
  void finish(const status& sent) {
    const reply_ref to = std::exchange(to_, {});
    if (!sent && sent.error().kind() != errc::not_found) home_->refuse(to, sent.error());
  }

  router* tools_;
  services* home_;
  reply_ref to_;
};

// Serves `handler(const Request&, const incoming&, responder<Reply>)` as `service`. What cannot be
// decoded is refused with `invalid` and never reaches the handler.
template <class Request, class Reply, class Handler>
[[nodiscard]] result<registration_ptr> serve(router& tools, services& home,
                                             std::string_view service, Handler handler) {
  codec& with = tools.tools().codec;
  return home.serve(service, {},
                    [&tools, &home, &with, handler = std::move(handler)](const incoming& in) {
                      if (in.what != incoming::kind::request) return;
                      Request request{};
                      const status read = decode(with, in.body, request);
                      if (!read) return home.refuse(in.reply, read.error());
                      handler(request, in, responder<Reply>(tools, home, in.reply));
                    });
}

// Calls `done(result<Reply>)` once, in a later turn, with the reply or what went wrong. Views in
// the reply are valid during `done`.
template <class Reply, class Request, class Done>
[[nodiscard]] result<call_ref> call(router& with, const route& where, const Request& request,
                                    Done done) {
  const router_tools tools = with.tools();
  MW_CHECK(encode(tools.codec, request, tools.out));
  return with.call(where, tools.out,
                   [codec = &tools.codec, done = std::move(done)](const answer& a) mutable {
                     if (a.error != nullptr) return done(result<Reply>(*a.error));
                     if (a.what != answer::kind::reply) return;
                     Reply reply{};
                     const status read = decode(*codec, a.body, reply);
                     if (!read) return done(result<Reply>(read.error()));
                     done(result<Reply>(std::move(reply)));
                   });
}

// Sends without an answer; `settled` and what comes back as in router::send.
template <class Message>
[[nodiscard]] result<reach> send(router& with, const route& where, const Message& message,
                                 function<void(status)> settled = {}) {
  const router_tools tools = with.tools();
  MW_CHECK(encode(tools.codec, message, tools.out));
  return with.send(where, tools.out, std::move(settled));
}

}  // namespace mw
