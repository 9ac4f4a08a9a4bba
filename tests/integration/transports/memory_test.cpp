// memory_test: what an idle link costs, and that a busy one asks for no memory.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "platform/net/socket_address.h"
#include "platform/unique_fd.h"
#include "real_node.h"

#include <doctest/doctest.h>
#include <malloc.h>
#include <sys/socket.h>

#include <vector>

namespace mw::test {

namespace {

// Answers each byte with one, so many times.
class echo final : public stream_events {
 public:
  echo(real_node& on, link to) : node_(on), bytes_(std::move(to.bytes)) { bytes_->start(*this); }
  void begin(int rounds) {
    left_ = rounds;
    (void)bytes_->write(as_bytes("ping"));
  }
  [[nodiscard]] bool over() const { return left_ == 0; }
  [[nodiscard]] std::uint64_t allocations() const { return after_ - before_; }

  void on_data(bytes_view bytes) override {
    if (left_ == 0) {
      (void)bytes_->write(bytes);  // the side that was called
      return;
    }
    if (left_ == steady_) before_ = bench::allocation_count();
    after_ = bench::allocation_count();
    if (--left_ == 0) return node_.poke();
    (void)bytes_->write(bytes);
  }
  void on_writable() override {}
  void on_end() override {}
  void on_closed(const failure&) override { bytes_.reset(); }

 private:
  static constexpr int steady_ = 2000;
  real_node& node_;
  stream_ptr bytes_;
  int left_ = 0;
  std::uint64_t before_ = 0;
  std::uint64_t after_ = 0;
};

struct silent final : stream_events {
  void on_data(bytes_view) override {}
  void on_writable() override {}
  void on_end() override {}
  void on_closed(const failure&) override {}
};

}  // namespace

TEST_CASE("a busy tcp link asks for no memory") {
  real_node node("  subject: { use: transport.tcp }\n");
  listener_ptr door;
  dial_ptr dialling;
  std::unique_ptr<echo> far;
  std::unique_ptr<echo> near;
  node.in_turn([&] {
    door = std::move(*node.use("subject").listen({"127.0.0.1", 0}, [&](link accepted) {
      far = std::make_unique<echo>(node, std::move(accepted));
    }));
    dialling = node.use("subject").dial({.to = door->local()}, [&](result<link> made) {
      near = std::make_unique<echo>(node, std::move(*made));
      near->begin(2500);
    });
  });
  REQUIRE(node.run_until([&] { return near && near->over(); }));
  // The ticker of the test itself fires now and then; it asks for nothing either.
  CHECK(near->allocations() == 0);
  node.in_turn([&] {
    dialling.reset();
    near.reset();
    far.reset();
    door.reset();
  });
}

TEST_CASE("an idle tcp link costs less than 1.5 KiB") {
  constexpr std::size_t count = 400;
  for (const char* address : {"127.0.0.1", "::1"}) {
    CAPTURE(std::string(address));
    real_node node("  subject: { use: transport.tcp }\n");
    silent owner;
    listener_ptr door;
    std::vector<link> guests;
    guests.reserve(count + 1);
    std::vector<kernel::unique_fd> peers;
    peers.reserve(count + 1);
    bool listens = false;
    node.in_turn([&] {
      auto made = node.use("subject").listen({address, 0}, [&](link accepted) {
        accepted.bytes->start(owner);
        guests.push_back(std::move(accepted));
        node.poke();
      });
      if (made) door = std::move(*made);
      listens = door != nullptr;
    });
    if (!listens) {
      MESSAGE("this machine has no " << address << ": skipped");
      continue;
    }
    const auto connect = [&](std::size_t more) {
      const std::size_t all = guests.size() + more;
      const auto target = kernel::to_address(door->local(), {});
      for (std::size_t i = 0; i < more; ++i) {
        peers.emplace_back(::socket(target->family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::connect(peers.back().get(), target->get(), target->size) == 0);
      }
      REQUIRE(node.run_until([&] { return guests.size() == all; }));
    };
    connect(1);  // what is made once
    node.in_turn([&guests] { CHECK(guests[0].bytes->write(as_bytes("hello")) == 5); });
    const std::size_t before = ::mallinfo2().uordblks;
    connect(count);
    for (const link& one : guests)  // in turns of their own: what one leaves behind, the next uses
      node.in_turn([&one] { CHECK(one.bytes->write(as_bytes("hello")) == 5); });
    const std::size_t each = (::mallinfo2().uordblks - before) / count;
    MESSAGE("an idle link takes " << each << " bytes");
    CHECK(each <= 1536);
    node.in_turn([&] {
      guests.clear();
      door.reset();
    });
  }
}

}  // namespace mw::test
