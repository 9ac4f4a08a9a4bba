// packet_transport_conformance: the promises of transport/1 without `ordered`.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/transport_conformance.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace mw::conformance {
namespace {

// The owner of one end: remembers each packet.
class packet_probe final : private stream_events {
 public:
  explicit packet_probe(link to) : link_(std::move(to)) { link_.bytes->start(*this); }

  [[nodiscard]] stream& bytes() { return *link_.bytes; }
  [[nodiscard]] const std::vector<std::string>& heard() const { return heard_; }
  [[nodiscard]] bool dropped() const { return link_.bytes == nullptr; }
  void drop_on_data() { drop_on_data_ = true; }

 private:
  void on_data(bytes_view packet) override {
    CHECK_MESSAGE(!dropped(), "on_data() after the stream was destroyed");
    heard_.emplace_back(as_text(packet));
    if (drop_on_data_) link_.bytes.reset();
  }
  void on_writable() override {}
  void on_end() override { FAIL_CHECK("on_end() of a link that has no order and so no end"); }
  void on_closed(const failure&) override {}

  link link_;
  std::vector<std::string> heard_;
  bool drop_on_data_ = false;
};

// A listener, one dialled link, and who came in by it.
class packet_table {
 public:
  explicit packet_table(const test_setup& setup)
      : node(setup), subject(subject_of<transport>(node)) {}
  ~packet_table() {
    node.in_turn([this] {
      dialling.reset();
      near.reset();
      far.clear();
      door.reset();
    });
  }

  [[nodiscard]] std::optional<errc> listen(const endpoint& at) {
    std::optional<errc> refused;
    node.in_turn([&] {
      auto made = subject.listen(at, [this](link accepted) {
        far.push_back(std::make_unique<packet_probe>(std::move(accepted)));
      });
      if (made)
        door = std::move(*made);
      else
        refused = made.error().kind();
    });
    return refused;
  }
  // Both ends exist once the first packet has come.
  void connect() {
    const std::vector<endpoint> configured = subject.configured();
    REQUIRE(!listen(configured.empty() ? endpoint{.host = "127.0.0.1", .port = 0}
                                       : configured.front()));
    bool answered = false;
    node.in_turn([&] {
      dialling = subject.dial({.to = door->local()}, [&](result<link> made) {
        answered = true;
        if (made) near = std::make_unique<packet_probe>(std::move(*made));
      });
      CHECK_MESSAGE(!answered, "done ran inside dial()");
    });
    REQUIRE(node.run_until([this] { return near != nullptr; }));
    send(*near, "first");
    send(*near, "second");
    REQUIRE(far.size() == 1);
  }
  // One packet, with time to arrive.
  std::size_t send(packet_probe& from, std::string_view packet) {
    std::size_t taken = 0;
    node.in_turn([&] { taken = from.bytes().write(as_bytes(packet)); });
    node.run_for(100ms);
    return taken;
  }

  test_node node;
  transport& subject;
  listener_ptr door;
  dial_ptr dialling;
  std::unique_ptr<packet_probe> near;
  std::vector<std::unique_ptr<packet_probe>> far;
};

}  // namespace

void packets_keep_their_borders(const test_setup& setup) {
  packet_table t(setup);
  t.connect();
  std::vector<std::string> sent{"first", "second"};
  for (std::size_t size = 1; size <= 1000; size = size * 3 + 1) {
    sent.emplace_back(size, static_cast<char>('a' + size % 26));
    CHECK(t.send(*t.near, sent.back()) == size);
    CHECK(t.send(*t.far[0], sent.back()) == size);
  }
  CHECK(t.far[0]->heard() == sent);
  sent.erase(sent.begin(), sent.begin() + 2);
  CHECK(t.near->heard() == sent);
  CHECK(t.far.size() == 1);
}

void packets_have_a_largest_size(const test_setup& setup) {
  const auto packet_max = announced(setup, transport::contract, "max_packet");
  REQUIRE_MESSAGE(packet_max.has_value(), "a transport without `ordered` announces max_packet");
  packet_table t(setup);
  t.connect();
  const std::string largest(*packet_max, 'x');
  CHECK(t.send(*t.near, largest) == largest.size());
  CHECK(t.far[0]->heard().back() == largest);
  const std::string impossible(65'536, 'x');
  CHECK(t.send(*t.near, impossible) == 0);
  CHECK(t.send(*t.near, "goes on") == 7);
  CHECK(t.far[0]->heard().back() == "goes on");
  CHECK(t.near->bytes().unsent() == 0);
}

void packets_cancel_a_dial(const test_setup& setup) {
  packet_table t(setup);
  t.connect();
  int answers = 0;
  t.node.in_turn([&] {
    const dial_ptr short_lived =
        t.subject.dial({.to = t.door->local()}, [&answers](const result<link>&) { ++answers; });
    CHECK_MESSAGE(short_lived != nullptr, "dial() gave null");
  });
  t.node.run_for(60s);
  CHECK(answers == 0);
}

void packets_listen_once_per_endpoint(const test_setup& setup) {
  packet_table t(setup);
  t.connect();
  const endpoint taken = t.door->local();
  CHECK_MESSAGE((taken.local || taken.port != 0), "local() of a listener gives the real port");
  CHECK_MESSAGE(t.listen(taken) == errc::denied, "two listeners on ", to_string(taken));
  t.node.in_turn([&] { t.door.reset(); });
  CHECK(t.send(*t.near, "still here") == 10);
  CHECK(t.far[0]->heard().back() == "still here");
}

void packets_survive_drops_in_callbacks(const test_setup& setup) {
  packet_table t(setup);
  t.connect();
  t.far[0]->drop_on_data();
  for (int i = 0; i < 3; ++i) (void)t.send(*t.near, "drop it");
  CHECK(t.far[0]->dropped());
  CHECK_MESSAGE(t.node.ready(), t.node.failed());
}

}  // namespace mw::conformance
