// outbox_test: shares by priority, order within a lane, bounds, fragments, odd streams.
// SPDX-License-Identifier: Apache-2.0
#include "mux/outbox.h"

#include "common/cutter.h"
#include "testing/fake_stream.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <map>

namespace mw::pool {

using mw::priority;
using mw::wire::frame_head;
using mw::wire::frame_kind;

namespace {

// Cuts what a stream took back into frames.
class collector final : public mw::wire::frame_sink {
 public:
  explicit collector(const link_terms& terms) : cutter_(memory_) {
    cutter_.set_limits({.frame_max = 1 << 20, .sum = terms.sum});
  }
  void read(fake_stream& from) { REQUIRE(cutter_.feed(mw::as_bytes(from.take()), *this)); }
  std::vector<std::pair<frame_head, std::string>> frames;

 private:
  mw::status on_frame(const frame_head& head, mw::bytes_view payload) override {
    frames.emplace_back(head, std::string(mw::as_text(payload)));
    return {};
  }
  std::byte* place_for(const frame_head&, std::size_t, bytes_view) override { return nullptr; }
  mw::status on_placed(const frame_head&, std::size_t) override { return {}; }

  mw::wire::cutter_memory memory_;
  mw::wire::frame_cutter cutter_;
};

struct bench {
  void add(priority p, const std::string& text, std::uint64_t id = 1) {
    mw::message_out body;
    body.append(mw::as_bytes(text));
    maker.seal({.kind = frame_kind::one_way, .priority = p, .id = id}, body);
    box.add_frame(p, body.written());
  }
  void add_large(priority p, std::size_t size, std::uint64_t id, bool paid = false) {
    mw::message_out body;
    body.append(mw::slice::copy_of(std::string(size, 'L')));
    auto message = frame_maker::keep({.kind = frame_kind::request, .priority = p, .id = id}, body);
    message->paid = paid;
    box.add_message(std::move(message), true);
  }
  outbox::pumped pump() { return box.pump(stream, maker, window); }
  // Until nothing moves; the stream forgets what was sent in between.
  void pump_all() {
    for (int i = 0; i < 10'000 && pump().frames > 0; ++i) frames.read(stream);
    frames.read(stream);
  }

  outbox_limits limits{.bytes = 1 << 20, .messages = 100, .unsent = 128 * 1024};
  link_terms terms{.fragment = 64 * 1024};
  chunk_cache cache;
  frame_workshop shop;
  frame_maker maker{terms, shop};
  outbox box{limits, cache};
  send_window window{1 << 20};
  fake_stream stream;
  collector frames{terms};
};

}  // namespace

TEST_CASE("outbox: frames of one priority leave in order, urgent ones first") {
  bench b;
  for (int i = 0; i < 50; ++i) b.add(priority::normal, "n" + std::to_string(i));
  b.add(priority::critical, "now");
  CHECK(b.box.waiting() == 51);
  b.pump_all();
  REQUIRE(b.frames.frames.size() == 51);
  CHECK(b.frames.frames[0].second == "now");
  for (int i = 0; i < 50; ++i)
    CHECK(b.frames.frames[static_cast<std::size_t>(i) + 1].second == "n" + std::to_string(i));
  CHECK(b.box.idle());
  CHECK(b.box.bytes() == 0);
}

TEST_CASE("outbox: busy priorities share 8:4:2:1 and none starves") {
  bench b;
  b.limits = {.bytes = 1 << 30, .messages = 1 << 20, .unsent = 64 * 1024};
  const std::string kilobyte(1000, 'x');
  std::map<priority, std::size_t> sent;
  for (int i = 0; i < 4000; ++i)
    for (const priority p : {priority::low, priority::normal, priority::high, priority::critical})
      b.add(p, kilobyte);
  while (b.frames.frames.size() < 4000) {
    b.pump();
    b.frames.read(b.stream);
  }
  for (const auto& [head, body] : b.frames.frames) ++sent[head.priority];
  const auto share = [&](priority p) {
    return static_cast<double>(sent[p]) / static_cast<double>(b.frames.frames.size());
  };
  CHECK(share(priority::critical) == doctest::Approx(8.0 / 15).epsilon(0.05));
  CHECK(share(priority::high) == doctest::Approx(4.0 / 15).epsilon(0.05));
  CHECK(share(priority::normal) == doctest::Approx(2.0 / 15).epsilon(0.1));
  CHECK(share(priority::low) == doctest::Approx(1.0 / 15).epsilon(0.15));
}

TEST_CASE("outbox: no more than the limit is unsent, and the stream is asked to call") {
  bench b;
  b.limits.bytes = 10 << 20;
  b.limits.messages = 10'000;
  for (int i = 0; i < 1000; ++i) b.add(priority::normal, std::string(1000, 'x'));
  b.pump();
  CHECK(b.stream.unsent() < b.limits.unsent + 2000);  // a frame goes as a whole
  CHECK(b.stream.unsent() > b.limits.unsent - 2000);
  CHECK(b.stream.asked() == b.limits.unsent / 2);
  CHECK_FALSE(b.box.idle());
}

TEST_CASE("outbox: small messages overtake a large one of the same priority between fragments") {
  bench b;
  b.add_large(priority::normal, 640 * 1024, 7);
  b.pump();
  b.frames.read(b.stream);
  REQUIRE(b.frames.frames.size() == 2);  // 128 KiB are unsent
  b.add(priority::normal, "small");
  b.pump_all();
  std::size_t at = 0;
  while (b.frames.frames[at].second != "small") ++at;
  CHECK(at <= 3);
  std::size_t fragments = 0;
  for (const auto& [head, body] : b.frames.frames)
    if (head.id == 7) {
      ++fragments;
      CHECK(head.first == (fragments == 1));
      CHECK(head.more == (fragments < 10));
    }
  CHECK(fragments == 10);
}

TEST_CASE("outbox: what belongs to a large message's exchange is known to wait") {
  bench b;
  b.add_large(priority::normal, 640 * 1024, 7);
  CHECK(b.box.holds(frame_kind::cancel, 7));
  CHECK(b.box.holds(frame_kind::request_item, 7));
  CHECK_FALSE(b.box.holds(frame_kind::reply, 7));
  CHECK_FALSE(b.box.holds(frame_kind::request_item, 8));
  CHECK_FALSE(b.box.holds(frame_kind::one_way, 7));
  b.pump_all();
  CHECK_FALSE(b.box.holds(frame_kind::cancel, 7));
}

TEST_CASE("outbox: fragments wait for credit, everything else goes on") {
  bench b;
  b.window = send_window(100 * 1024);
  b.add_large(priority::critical, 640 * 1024, 7);
  b.add(priority::low, "small");
  b.pump_all();
  CHECK(b.frames.frames.size() == 2);  // one fragment and the small one
  CHECK(b.pump().blocked);
  REQUIRE(b.window.give(64 * 1024));
  b.pump_all();
  CHECK(b.frames.frames.size() == 3);
  // What was paid for as a whole needs no credit.
  bench paid;
  paid.window = send_window(0);
  paid.add_large(priority::normal, 200 * 1024, 7, true);
  paid.pump_all();
  CHECK(paid.box.idle());
}

TEST_CASE(
    "outbox: while urgent messages are about, bulk keeps only a quarter of the window ahead") {
  bench b;
  b.limits.unsent = 8 << 20;
  b.add_large(priority::low, 2 << 20, 7);
  const auto pumped = [&](outbox::depth how) {
    const auto done = b.box.pump(b.stream, b.maker, b.window, how);
    b.frames.read(b.stream);
    return done;
  };
  const auto first = pumped(outbox::depth::shallow);
  CHECK(first.frames == 4);  // 256 of 1024 KiB
  CHECK(first.blocked);
  b.add(priority::critical, "urgent");
  CHECK(pumped(outbox::depth::shallow).frames == 1);
  REQUIRE(b.window.give(64 * 1024));
  CHECK(pumped(outbox::depth::shallow).frames == 1);
  CHECK(pumped(outbox::depth::full).frames == 12);
  CHECK(b.window.left() == 0);
}

TEST_CASE("outbox: bounds by bytes and by count; critical has a reserve; one large is let in") {
  bench b;
  CHECK(b.box.has_room(priority::normal, 10 << 20));  // alone
  for (int i = 0; i < 100; ++i) b.add(priority::normal, "x");
  CHECK_FALSE(b.box.has_room(priority::normal, 1));
  CHECK(b.box.has_room(priority::critical, 1));
  for (int i = 0; i < 12; ++i) b.add(priority::critical, "x");
  CHECK_FALSE(b.box.has_room(priority::critical, 1));
  bench bytes;
  bytes.add_large(priority::normal, 1 << 20, 1);
  CHECK_FALSE(bytes.box.has_room(priority::normal, 1));
  CHECK(bytes.box.has_room(priority::critical, 1000));
}

TEST_CASE("outbox: a stream that takes odd amounts gets every byte in order") {
  mw::random_stream random(11);
  bench b;
  b.limits.bytes = 100 << 20;
  b.limits.messages = 100'000;
  std::size_t wanted = 0;
  b.stream.limit_writes([&random] { return random.below(3000); });
  for (int round = 0; round < 300; ++round) {
    b.add(priority::normal, std::string(random.below(5000), 'a'), 1);
    ++wanted;
    if (round % 20 == 0) b.add_large(priority::high, 70'000 + random.below(100'000), 2, true);
    b.pump();
    b.frames.read(b.stream);
  }
  for (int i = 0; i < 100'000 && !b.box.idle(); ++i) {
    b.pump();
    b.frames.read(b.stream);
  }
  CHECK(b.box.idle());
  const auto small = std::count_if(b.frames.frames.begin(), b.frames.frames.end(),
                                   [](const auto& f) { return f.first.id == 1; });
  CHECK(static_cast<std::size_t>(small) == wanted);
}

TEST_CASE("outbox: empty boxes give their memory to the next") {
  bench b;
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 90; ++i) b.add(priority::normal, std::string(1000, 'x'));
    b.pump_all();
  }
  CHECK(b.cache.kept() <= 7);
  CHECK(b.cache.kept() > 0);
  b.box.trim();
  CHECK(b.box.idle());
}

}  // namespace mw::pool
