// rpc_stream: typed calls whose requests and replies are several messages.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/rpc.h>

#include <memory>
#include <utility>

namespace mw {

// The caller's end: items go out with push() until the last. Cheap to copy; of a call that has
// ended, push() says `not_found`.
template <class Item>
class item_sender {
 public:
  item_sender(router& with, call_ref call) : router_(&with), call_(call) {}

  // `overloaded`: the callee's window is full; `room` is called when it is not.
  [[nodiscard]] status push(const Item& item, function<void()> room = {}) {
    return put(item, false, std::move(room));
  }
  [[nodiscard]] status finish(const Item& last, function<void()> room = {}) {
    return put(last, true, std::move(room));
  }
  void cancel() { router_->cancel(call_); }
  [[nodiscard]] call_ref ref() const { return call_; }

 private:
  status put(const Item& item, bool last, function<void()> room) {
    const router_tools with = router_->tools();
    MW_CHECK(encode(with.codec, item, with.out));
    return router_->push(call_, with.out, last, std::move(room));
  }
  router* router_;
  call_ref call_;
};

// Calls and hears several replies: on_item(const Reply&) for each, then done(status) once. The call
// ends with `done`, or silently with cancel(). A reply that cannot be decoded ends it with
// `invalid`.
template <class Reply, class Request, class OnItem, class Done>
[[nodiscard]] result<item_sender<Request>> open_stream(router& with, const route& where,
                                                       const Request& request, OnItem on_item,
                                                       Done done) {
  const router_tools tools = with.tools();
  MW_CHECK(encode(tools.codec, request, tools.out));
  // Set in the first turn, before any answer.
  struct state {
    router& with;
    OnItem on_item;
    Done done;
    call_ref call;
  };
  auto kept = std::make_unique<state>(state{with, std::move(on_item), std::move(done), {}});
  state& s = *kept;
  MW_TRY(const call_ref made,
         with.call(where, tools.out, [kept = std::move(kept)](const answer& a) {
           state& now = *kept;
           if (a.error != nullptr) return now.done(status(*a.error));
           Reply reply{};
           if (status read = decode(now.with.tools().codec, a.body, reply); !read) {
             // cancel() destroys this callback's state only after it has returned.
             if (!a.last) now.with.cancel(now.call);
             return now.done(std::move(read));
           }
           now.on_item(reply);
           if (a.last) now.done(status{});
         }));
  s.call = made;
  return item_sender<Request>(with, made);
}

// Serves exchanges of several messages: on_item(const Request&, const incoming&) for the request
// and each item, on_end(const incoming&) after the last and when the caller has gone
// (incoming::what tells). Answer through `services` with incoming::reply, or keep a responder.
template <class Request, class OnItem, class OnEnd>
[[nodiscard]] result<registration_ptr> serve_stream(router& tools, services& home,
                                                    std::string_view service, OnItem on_item,
                                                    OnEnd on_end) {
  return home.serve(service, {.streams = true},
                    [&tools, &home, on_item = std::move(on_item),
                     on_end = std::move(on_end)](const incoming& in) mutable {
                      if (in.what == incoming::kind::end || in.what == incoming::kind::cancelled)
                        return on_end(in);
                      Request item{};
                      const status read = decode(tools.tools().codec, in.body, item);
                      if (!read) return home.refuse(in.reply, read.error());
                      on_item(item, in);
                    });
}

}  // namespace mw
