// cost_test: a call asks for no memory once the tables have grown, on neither side.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

namespace {
std::uint64_t requests = 0;

void* counted(std::size_t size) {
  ++requests;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace mw::routing {
namespace {

// Keeps the last message, for the test to carry over.
class hand_channel final : public channel {
 public:
  void attach(channel_events& to) override { events = &to; }
  void detach() override { events = nullptr; }
  [[nodiscard]] result<link_ref> send(peer_ref, const message_head& h, message_out& body,
                                      link_ref) override {
    take(h, body);
    return link_ref{1, 1};
  }
  [[nodiscard]] status reply(link_ref, const message_head& h, message_out& body) override {
    take(h, body);
    return {};
  }
  void consumed(link_ref, message_kind, std::uint64_t, std::size_t) override {}
  [[nodiscard]] std::vector<peer_view> peers() const override { return {}; }

  void carry_to(hand_channel& other, const peer_view& from) const {
    bool hold = false;
    other.events->on_message({from, {1, 1}, head, {bytes, nullptr}, hold});
  }

  channel_events* events = nullptr;
  message_head head;
  std::vector<std::byte> bytes;

 private:
  void take(const message_head& h, const message_out& body) {
    head = h;
    bytes.clear();
    flatten(body, bytes);
  }
};

peer_view view_of(std::string id) {
  peer_view made;
  made.ref = {1, 1};
  made.state = peer_state::up;
  made.id = std::move(id);
  return made;
}

}  // namespace

TEST_CASE("a call there and back makes no allocation in steady state") {
  fake_world world;
  world.timers_stand_still = true;
  fake_codec codec;
  fake_host host_a(world, "a", "z", 1), host_b(world, "b", "z", 2);
  hand_channel wire_a, wire_b;
  engine a({host_a.host(), wire_a, codec, nullptr}, {});
  engine b({host_b.host(), wire_b, codec, nullptr}, {});
  message_out reply;
  const auto offered = b.serve("echo", {}, [&](const incoming& in) {
                          reply.clear();
                          reply.append(in.body.bytes);
                          CHECK(b.answer(in.reply, reply, true, {}));
                        }).value();
  a.start();
  b.start();
  const peer_view view_a = view_of("a"), view_b = view_of("b");
  wire_a.events->on_peer(view_b);
  wire_b.events->on_peer(view_a);
  route where = to_service(a, "echo");
  where.to = send_to::node;
  where.name = "b";
  message_out out;
  int answers = 0;
  const auto exchange = [&] {
    write_text(out, "sixty-four bytes or so of a request that says little");
    const auto made =
        a.call(where, out, [&](const answer& x) { answers += x.error == nullptr ? 1 : 0; });
    CHECK(made.ok());
    wire_a.carry_to(wire_b, view_a);
    wire_b.carry_to(wire_a, view_b);
  };
  for (int i = 0; i < 200; ++i) exchange();
  const std::uint64_t before = requests;
  for (int i = 0; i < 5000; ++i) exchange();
  CHECK(requests - before == 0);
  CHECK(answers == 5200);
}

}  // namespace mw::routing
