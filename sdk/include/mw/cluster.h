// cluster: the whole of a node's messaging in one object, for plug-ins and applications.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/rpc.h>
#include <mw/rpc_many.h>
#include <mw/rpc_stream.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

// How a message or call is sent, when the default will not do.
struct send_options {
  duration deadline = 5s;
  mw::priority priority = mw::priority::normal;
  mw::guarantee guarantee = mw::guarantee::at_most_once;
  std::uint64_t hash = 0;  // of what should stay on one peer
};

struct cluster_stats {
  std::uint32_t members = 0;  // with this node
  std::uint32_t up = 0;
  std::uint32_t down = 0;  // known, and not up
};

// A view on a router and its services, which outlive it: host.use<mw::router>("router") in
// plug-ins, node.contract<mw::router>("routing") in applications. Calls belong to their lane. All
// that completes does so in a later turn.
class cluster {
 public:
  cluster(router& calls, services& home) : router_(calls), home_(home) {}

  // To the node `node`, without an answer.
  template <class Message>
  [[nodiscard]] status send(std::string_view node, std::string_view service, const Message& message,
                            const send_options& how = {}, function<void(status)> settled = {}) {
    MW_CHECK(post(send_to::node, node, service, message, how, std::move(settled)));
    return {};
  }
  // To one of those that offer the service; the balancer chooses.
  template <class Message>
  [[nodiscard]] status send_balanced(std::string_view service, const Message& message,
                                     const send_options& how = {},
                                     function<void(status)> settled = {}) {
    MW_CHECK(post(send_to::one, {}, service, message, how, std::move(settled)));
    return {};
  }
  // To all that offer it; the result says how many had no room for it and do not get it.
  template <class Message>
  [[nodiscard]] result<reach> broadcast(std::string_view service, const Message& message,
                                        const send_options& how = {}) {
    return post(send_to::all, {}, service, message, how, {});
  }
  // To those of them that have joined `group`.
  template <class Message>
  [[nodiscard]] result<reach> multicast(std::string_view group, std::string_view service,
                                        const Message& message, const send_options& how = {}) {
    return post(send_to::group, group, service, message, how, {});
  }

  // Calls `done(result<Reply>)` once. `node` empty: the balancer chooses.
  template <class Reply, class Request, class Done>
  [[nodiscard]] result<call_ref> call(std::string_view service, const Request& request, Done done,
                                      const send_options& how = {}, std::string_view node = {}) {
    MW_TRY(route where, path(node.empty() ? send_to::one : send_to::node, node, service, how));
    return mw::call<Reply>(router_, where, request, std::move(done));
  }
  // Asks all that offer the service and merges what they say: merge(Result&, const Reply&), then
  // done(result<Result>). `quorum` as in route.
  template <class Reply, class Result, class Request, class Merge, class Done>
  [[nodiscard]] result<call_ref> gather(std::string_view service, const Request& request,
                                        Result start, Merge merge, Done done) {
    MW_TRY(const route where, path(send_to::all, {}, service, {}));
    return mw::gather<Reply>(router_, where, request, std::move(start), std::move(merge),
                             std::move(done));
  }
  // `handler(const Request&, const incoming&, responder<Reply>)`.
  template <class Request, class Reply, class Handler>
  [[nodiscard]] result<registration_ptr> serve(std::string_view service, Handler handler) {
    return mw::serve<Request, Reply>(router_, home_, service, std::move(handler));
  }

  [[nodiscard]] result<registration_ptr> join(std::string_view group) { return home_.join(group); }
  [[nodiscard]] std::vector<member> members() const { return home_.members(); }
  // 0 (down or unknown) to 1 (up).
  [[nodiscard]] double health(std::string_view node) const {
    const std::vector<member> all = members();
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const member& m) { return m.id == node; });
    return at != all.end() && at->state == peer_state::up ? 1 : 0;
  }
  [[nodiscard]] cluster_stats stats() const {
    cluster_stats counts;
    for (const member& m : members()) {
      ++counts.members;
      ++(m.state == peer_state::up ? counts.up : counts.down);
    }
    return counts;
  }
  // For what this view does not offer.
  [[nodiscard]] router& calls() { return router_; }
  [[nodiscard]] services& home() { return home_; }
  [[nodiscard]] result<route> path(send_to to, std::string_view name, std::string_view service,
                                   const send_options& how) {
    MW_TRY(const service_ref ref, router_.open(service));
    return route{.service = ref,
                 .to = to,
                 .name = name,
                 .deadline = how.deadline,
                 .priority = how.priority,
                 .guarantee = how.guarantee,
                 .hash = how.hash};
  }

 private:
  template <class Message>
  result<reach> post(send_to to, std::string_view name, std::string_view service,
                     const Message& message, const send_options& how,
                     function<void(status)> settled) {
    MW_TRY(const route where, path(to, name, service, how));
    return mw::send(router_, where, message, std::move(settled));
  }

  router& router_;
  services& home_;
};

}  // namespace mw
