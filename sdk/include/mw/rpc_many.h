// rpc_many: typed questions to several members, and what they said together.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/rpc.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mw {

// What became of a question to many. `error` is set when the quorum was not met, or, without a
// quorum, when a member failed; `replies` holds what came nevertheless.
template <class Reply>
struct gathered {
  struct one {
    std::string from;
    Reply reply;
  };
  struct lost {
    std::string from;
    failure why;
  };
  std::vector<one> replies;
  std::vector<lost> failures;
  tally counts;
  std::optional<failure> error;
};

// Asks all, or a group (see `where`), and calls `done(gathered<Reply>)` once. Views in replies are
// not valid then: use types that own what they hold.
template <class Reply, class Request, class Done>
[[nodiscard]] result<call_ref> ask_many(router& with, const route& where, const Request& request,
                                        Done done) {
  if (where.to != send_to::all && where.to != send_to::group)
    return failure(errc::invalid, "ask_many: route::to is neither all nor group");
  const router_tools tools = with.tools();
  MW_CHECK(encode(tools.codec, request, tools.out));
  auto kept = std::make_unique<gathered<Reply>>();
  return with.call(where, tools.out,
                   [codec = &tools.codec, kept = std::move(kept),
                    done = std::move(done)](const answer& a) mutable {
                     if (a.what == answer::kind::refusal && a.error != nullptr)
                       kept->failures.push_back({std::string(a.from), *a.error});
                     if (a.what == answer::kind::reply) {
                       Reply reply{};
                       const status read = decode(*codec, a.body, reply);
                       if (read)
                         kept->replies.push_back({std::string(a.from), std::move(reply)});
                       else
                         kept->failures.push_back({std::string(a.from), read.error()});
                     }
                     if (!a.last) return;
                     kept->counts = a.counts;
                     if (a.error != nullptr) kept->error = *a.error;
                     done(std::move(*kept));
                   });
}

// The same with the replies merged as they come: merge(Result&, const Reply&), then
// done(result<Result>). Fails when the quorum was not met or, without one, when nobody replied.
template <class Reply, class Result, class Request, class Merge, class Done>
[[nodiscard]] result<call_ref> gather(router& with, const route& where, const Request& request,
                                      Result start, Merge merge, Done done) {
  return ask_many<Reply>(
      with, where, request,
      [start = std::move(start), merge = std::move(merge), done = std::move(done),
       quorum = where.quorum](gathered<Reply> all) mutable {
        const bool enough = quorum == 0 ? !all.replies.empty() : !all.error.has_value();
        if (!enough)
          return done(
              result<Result>(all.error.value_or(failure(errc::disconnected, "no member replied"))));
        for (auto& one : all.replies) merge(start, one.reply);
        done(result<Result>(std::move(start)));
      });
}

}  // namespace mw
