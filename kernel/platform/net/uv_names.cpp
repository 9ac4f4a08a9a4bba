// uv_names: the name service of one plug-in; the system's resolver on libuv's worker threads.
// SPDX-License-Identifier: Apache-2.0
#include "uv_names.h"

#include "platform/lane_member.h"
#include "platform/signals_blocked.h"
#include "platform/uv_lane.h"
#include "socket_address.h"

#include <netdb.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace mw::kernel {

namespace {

using answer = result<std::vector<std::string>>;

class uv_resolve;

// Owned by libuv while the question is under way, because a cancelled one cannot be taken back.
struct question {
  uv_getaddrinfo_t request{};
  uv_scope_ptr scope;
  uv_resolve* asker = nullptr;  // null: cancelled
};

failure cannot_resolve(const std::string& name, int code) {
  const std::string doing = "resolving " + name + ": ";
  switch (code) {
    case UV_EAI_AGAIN:
    case UV_ETIMEDOUT:
      return {errc::timed_out, doing + "no name server answered (" + uv_strerror(code) + ")"};
    case UV_EAI_NONAME:
    case UV_EAI_NODATA:
    case UV_EAI_FAIL:
    case UV_EAI_ADDRFAMILY:
      return {errc::not_found, doing + "no such name (" + uv_strerror(code) + ")"};
    case UV_EINVAL:
    case UV_ENAMETOOLONG:
      return {errc::invalid, doing + "not a host name: write one such as node7.example"};
    default:
      return {errc::internal, doing + uv_strerror(code)};
  }
}

// One text for each address: a name may be listed once for each way of reaching it.
std::vector<std::string> addresses_in(const addrinfo* list) {
  std::vector<std::string> found;
  for (const addrinfo* one = list; one != nullptr; one = one->ai_next) {
    if (one->ai_family != AF_INET && one->ai_family != AF_INET6) continue;
    socket_address address;
    address.size = static_cast<socklen_t>(one->ai_addrlen);
    std::memcpy(address.get(), one->ai_addr, one->ai_addrlen);
    std::string text = to_endpoint(address).host;
    if (std::find(found.begin(), found.end(), text) == found.end())
      found.push_back(std::move(text));
  }
  return found;
}

class uv_resolve final : public resolve_handle, private lane_member {
 public:
  uv_resolve(uv_scope_ptr scope, const std::string& name, function<void(answer)> done)
      : scope_(std::move(scope)),
        name_(name),
        done_(std::make_unique<callback_box<void(answer)>>(std::move(done))),
        counted_(scope_->plugin.ledger.names) {
    known_ = ask();
    if (known_) scope_->lane.notice_next_turn(*this);
  }
  ~uv_resolve() override {
    if (asked_ != nullptr) {
      asked_->asker = nullptr;
      (void)uv_cancel(reinterpret_cast<uv_req_t*>(&asked_->request));  // if no worker has begun
    }
    scope_->lane.bury(std::move(done_));
  }

 private:
  // A failure that is known at once.
  std::optional<failure> ask() {
    if (scope_->names >= name_service::under_way_max)
      return failure(errc::overloaded,
                     "resolving " + name_ + ": " + scope_->plugin.name + " has " +
                         std::to_string(name_service::under_way_max) +
                         " names under way, which is the limit: wait for some to be answered");
    if (name_.empty() || name_.find('\0') != std::string::npos)
      return cannot_resolve("'" + name_ + "'", UV_EINVAL);
    auto fresh = std::make_unique<question>();
    fresh->scope = scope_;
    fresh->asker = this;
    fresh->request.data = fresh.get();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    const signals_blocked inherited;  // by the workers, which libuv starts with the first question
    const int code = uv_getaddrinfo(
        scope_->lane.loop(), &fresh->request,
        [](uv_getaddrinfo_t* request, int outcome, addrinfo* list) noexcept {
          answered(request, outcome, list);
        },
        name_.c_str(), nullptr, &hints);
    if (code != 0) return cannot_resolve(name_, code);
    ++scope_->names;
    asked_ = fresh.release();
    return std::nullopt;
  }

  static void answered(uv_getaddrinfo_t* request, int code, addrinfo* list) {
    const std::unique_ptr<question> over(static_cast<question*>(request->data));
    over->scope->lane.enter();
    --over->scope->names;
    std::vector<std::string> found = addresses_in(list);
    uv_freeaddrinfo(list);
    uv_resolve* asker = std::exchange(over->asker, nullptr);
    if (asker == nullptr) return;
    asker->asked_ = nullptr;
    if (code == 0 && found.empty()) code = UV_EAI_NODATA;
    if (code != 0) return asker->tell(cannot_resolve(asker->name_, code));
    asker->tell(std::move(found));
  }

  void notice() override { tell(*std::exchange(known_, std::nullopt)); }
  void tell(answer outcome) {
    if (scope_->alive) done_->call(std::move(outcome));  // may destroy this: nothing may follow
  }

  uv_scope_ptr scope_;
  const std::string name_;
  std::unique_ptr<callback_box<void(answer)>> done_;
  question* asked_ = nullptr;     // null before and after
  std::optional<failure> known_;  // found before anything was asked
  ledger_entry counted_;
};

}  // namespace

resolve_ptr uv_names::resolve(const std::string& name, function<void(answer)> done) {
  return std::make_unique<uv_resolve>(scope_, name, std::move(done));
}

}  // namespace mw::kernel
