// uv_platform_test: the real platform keeps the promises of all platforms.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/platform_conformance.h"
#include "platform/net/socket_address.h"
#include "uv_fixture.h"

#include <sys/socket.h>

namespace mw::kernel {

bool uv_fixture::run_until(const std::function<bool()>& done) {
  lane_platform& lane = platform_.lane(0);
  bool reached = false;
  hooks_.limit = lane.precise_now() + 10s;
  hooks_.each_turn = [this, &lane, &done, &reached] {
    reached = reached || done();
    if (reached || lane.now() >= *hooks_.limit) platform_.stop();
  };
  platform_.run();
  hooks_.each_turn = nullptr;
  hooks_.limit.reset();
  return reached;
}

// A listener whose queue is full: further attempts get no answer.
std::optional<endpoint> uv_fixture::silent_endpoint() {
  unique_fd listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = to_address(any_port(), {});
  if (::bind(listening.get(), address->get(), address->size) != 0) return std::nullopt;
  if (::listen(listening.get(), 0) != 0) return std::nullopt;
  const endpoint at = local_endpoint(listening.get());
  const auto target = to_address(at, {});
  silent_.push_back(std::move(listening));
  for (int i = 0; i < 4; ++i) {
    unique_fd one(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(one.get(), target->get(), target->size);
    silent_.push_back(std::move(one));
  }
  return at;
}

TEST_CASE("the real platform conforms") {
  conformance::check_platform([] { return std::make_unique<uv_fixture>(); });
}

}  // namespace mw::kernel
