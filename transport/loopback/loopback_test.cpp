// loopback_test: inboxes, bounds and ends of links inside one process.
// SPDX-License-Identifier: Apache-2.0
#include "memory_stream.h"

#include <mw/testing.h>
#include <mw/transport_conformance.h>

#include <optional>
#include <string>
#include <vector>

namespace {

using mw::as_bytes;
using mw::as_text;
using mw::test_node;
using namespace std::chrono_literals;

// The owner of one end.
struct one_end final : mw::stream_events {
  void on_data(mw::bytes_view data) override {
    heard += as_text(data);
    if (each_data) each_data(data);
  }
  void on_writable() override { ++writable; }
  void on_end() override { ended = true; }
  void on_closed(const mw::failure& why) override { closed = why; }
  std::span<std::byte> read_into() override { return place; }

  mw::stream_ptr bytes;
  std::string heard;
  int writable = 0;
  bool ended = false;
  std::optional<mw::failure> closed;
  std::span<std::byte> place;
  mw::function<void(mw::bytes_view)> each_data;
};

// Two linked ends.
class pair_of_ends {
 public:
  explicit pair_of_ends(const std::string& options = {}) : node(MW_PLUGIN_FILE, options) {
    node.in_turn([this] {
      auto& inside = *node.contract<mw::transport>();
      auto made = inside.listen({.host = "here", .port = 1}, [this](mw::link accepted) {
        far.bytes = std::move(accepted.bytes);
        far.bytes->start(far);
      });
      REQUIRE(made.ok());
      door = std::move(*made);
      dialling = inside.dial({.to = door->local()}, [this](mw::result<mw::link> dialled) {
        REQUIRE(dialled.ok());
        near.bytes = std::move(dialled->bytes);
        near.bytes->start(near);
      });
    });
    REQUIRE(near.bytes != nullptr);
    REQUIRE(far.bytes != nullptr);
  }
  ~pair_of_ends() {
    node.in_turn([this] {
      dialling.reset();
      near.bytes.reset();
      far.bytes.reset();
      door.reset();
    });
  }

  test_node node;
  mw::listener_ptr door;
  mw::dial_ptr dialling;
  one_end near;
  one_end far;
};

}  // namespace

TEST_CASE("an inbox keeps the order of copies and references") {
  mw::loopback::inbox box;
  const std::string large(5000, 'L');
  std::string heard;
  for (int round = 0; round < 3; ++round) {
    box.copy(as_bytes("ab"));
    box.keep(mw::slice::copy_of("cd"));
    box.keep(mw::slice::copy_of(large));
    box.copy(as_bytes("ef"));
    CHECK(as_text(box.front()) == "abcd");  // small ones lie together
    while (!box.empty()) {
      const std::size_t some = std::min<std::size_t>(3, box.front().size());
      heard += as_text(box.front().first(some));
      box.consume(some);
    }
    CHECK(heard == "abcd" + large + "ef");
    heard.clear();
  }
}

TEST_CASE("a write takes up to the limit, and more once it was heard") {
  pair_of_ends ends("{ send_limit: 4KiB }");
  const std::string text(10'000, 't');
  ends.node.in_turn([&] {
    ends.far.bytes->pause_reading();
    CHECK(ends.near.bytes->write(as_bytes(text)) == 4096);
    CHECK(ends.near.bytes->unsent() == 4096);
    CHECK(ends.near.bytes->write(as_bytes(text)) == 0);
    CHECK(!ends.near.bytes->write(mw::slice::copy_of("x")));
  });
  ends.node.run_for(1s);
  CHECK(ends.near.writable == 0);
  ends.node.in_turn([&] { ends.far.bytes->resume_reading(); });
  CHECK(ends.near.writable == 1);
  CHECK(ends.far.heard.size() == 4096);
  ends.node.in_turn([&] { CHECK(ends.near.bytes->write(mw::slice::copy_of(text))); });
  CHECK(ends.far.heard.size() == 14'096);  // alone, a slice above the limit is taken
}

TEST_CASE("bytes go where their reader wants them") {
  pair_of_ends ends;
  std::vector<std::byte> place(100);
  ends.far.place = place;
  std::size_t wrong = 0;
  ends.far.each_data = [&](mw::bytes_view bytes) { wrong += bytes.data() == place.data() ? 0 : 1; };
  const std::string text(1000, 'p');
  ends.node.in_turn([&] { CHECK(ends.near.bytes->write(as_bytes(text)) == text.size()); });
  CHECK(ends.far.heard == text);
  CHECK(wrong == 0);
}

TEST_CASE("what is heard outlives the stream that it came by") {
  pair_of_ends ends;
  std::string seen;
  ends.far.each_data = [&](mw::bytes_view bytes) {
    ends.far.bytes.reset();
    ends.near.bytes.reset();
    seen = as_text(bytes);
  };
  ends.node.in_turn([&] { (void)ends.near.bytes->write(as_bytes("last words")); });
  CHECK(seen == "last words");
  CHECK(ends.node.metric("mw_transport_open_links") == 0);
}

TEST_CASE("links beyond connections_max, and beyond the backlog of a paused door") {
  test_node node(MW_PLUGIN_FILE, "{ connections_max: 130 }");
  mw::listener_ptr door;
  std::vector<mw::link> guests;
  std::vector<mw::link> mine;
  std::vector<mw::dial_ptr> dials;
  std::vector<mw::failure> failures;
  const auto dial = [&](std::size_t count) {
    node.in_turn([&] {
      for (std::size_t i = 0; i < count; ++i)
        dials.push_back(node.contract<mw::transport>()->dial({.to = {.host = "here", .port = 1}},
                                                             [&](mw::result<mw::link> made) {
                                                               if (made)
                                                                 mine.push_back(std::move(*made));
                                                               else
                                                                 failures.push_back(made.error());
                                                             }));
    });
    node.run_for(10ms);
  };
  node.in_turn([&] {
    door = std::move(*node.contract<mw::transport>()->listen(
        {.host = "here", .port = 1},
        [&guests](mw::link accepted) { guests.push_back(std::move(accepted)); }));
    door->pause();
  });
  dial(129);
  REQUIRE(failures.size() == 1);
  CHECK(failures[0].kind() == mw::errc::overloaded);
  CHECK(failures[0].text().find("128") != std::string::npos);
  node.in_turn([&] { door->resume(); });
  node.run_for(10ms);
  CHECK(guests.size() == 128);
  dial(3);
  REQUIRE(failures.size() == 2);
  CHECK(failures[1].kind() == mw::errc::overloaded);
  CHECK(failures[1].text().find("connections_max") != std::string::npos);
  CHECK(node.metric("mw_transport_refused_total", {{"reason", "connections_max"}}) == 1);
  CHECK(node.metric("mw_transport_dial_failures_total", {{"reason", "overloaded"}}) == 2);
  node.in_turn([&] {
    dials.clear();
    mine.clear();
    guests.clear();
    door.reset();
  });
}

TEST_CASE("the YAML says where to listen") {
  const test_node node(MW_PLUGIN_FILE, "listen: inside:1");
  const auto where = node.contract<mw::transport>()->configured();
  REQUIRE(where.size() == 1);
  CHECK(to_string(where.front()) == "inside:1");
}

MW_TRANSPORT_TESTS(MW_PLUGIN_FILE, "listen: inside:0")
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)
