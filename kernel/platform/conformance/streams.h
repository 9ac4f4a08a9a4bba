// streams: cases about streams, listeners and dials.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

#include <cstring>

namespace mw::kernel::conformance {

// Remembers everything a stream says.
class stream_recorder final : public stream_events {
 public:
  void on_data(bytes_view bytes) override {
    CHECK(!closed);
    CHECK(!bytes.empty());
    data.append(as_text(bytes));
    where = bytes.data();
    if (each_data) each_data();
  }
  void on_writable() override {
    ++writable;
    if (each_writable) each_writable();
  }
  void on_end() override {
    CHECK(!ended);
    ended = true;
  }
  void on_closed(const failure& why) override {
    CHECK(!closed);
    closed = why;
    if (when_closed) when_closed();
  }
  std::span<std::byte> read_into() override { return place ? place() : std::span<std::byte>(); }

  std::string data;
  int writable = 0;
  bool ended = false;
  std::optional<failure> closed;
  std::function<void()> each_data;
  std::function<void()> each_writable;
  std::function<void()> when_closed;
  std::function<std::span<std::byte>()> place;
  const std::byte* where = nullptr;  // the latest bytes
};

// Two connected ends of one stream, neither started.
class stream_pair {
 public:
  explicit stream_pair(platform_fixture& fixture, const stream_options& options = {})
      : plugin(fixture) {
    auto& streams = plugin.services->streams();
    auto listening = streams.listen(fixture.any_port(), options,
                                    [this](stream_ptr accepted) { server = std::move(accepted); });
    REQUIRE(listening.ok());
    listening_ = std::move(listening).value();
    dial_ = streams.dial(listening_->local(), options, 5s, [this](result<stream_ptr> dialed) {
      CHECK(dialed.ok());
      if (dialed) client = std::move(dialed).value();
    });
    REQUIRE(fixture.run_until([this] { return client && server; }));
  }

  void start() {
    client->start(at_client);
    server->start(at_server);
  }

  test_plugin plugin;
  stream_recorder at_client;
  stream_recorder at_server;
  stream_ptr client;
  stream_ptr server;

 private:
  listener_ptr listening_;
  dial_ptr dial_;
};

inline void stream_port_zero(platform_fixture& fixture) {
  stream_pair pair(fixture);
  if (pair.server->local().local) return;  // unix sockets have no ports, and dialers no name
  CHECK(pair.client->remote().port != 0);
  CHECK(pair.client->remote() == pair.server->local());
  CHECK(pair.client->local() == pair.server->remote());
}

inline void stream_data_in_order(platform_fixture& fixture) {
  // Less than what a platform sends before the end of the turn.
  stream_pair pair(fixture, {.send_limit = {16 * 1024}});
  pair.start();
  const std::string sent = pattern(1'000'003);
  std::size_t taken = 0;
  auto feed = [&pair, &sent, &taken] {
    while (taken < sent.size()) {
      const std::size_t piece = std::min<std::size_t>(sent.size() - taken, 1 + taken % 5000);
      const std::size_t now =
          pair.client->write(as_bytes(std::string_view(sent).substr(taken, piece)));
      taken += now;
      if (now < piece) return;
    }
    pair.client->finish();
  };
  pair.at_client.each_writable = feed;
  feed();
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.ended; }));
  CHECK(pair.at_server.data == sent);
  CHECK(pair.at_client.writable > 0);
}

inline void stream_partial_write(platform_fixture& fixture) {
  stream_pair pair(fixture, {.send_limit = {4096}});
  pair.start();
  const std::string bytes = pattern(10'000);
  CHECK(pair.client->write(as_bytes(bytes)) == 4096);
  CHECK(pair.client->unsent() == 4096);
  CHECK(pair.client->write(as_bytes(bytes)) == 0);
  CHECK(pair.at_client.writable == 0);  // never inside the call
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.writable > 0; }));
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.data.size() == 4096; }));
  CHECK(pair.at_server.data == bytes.substr(0, 4096));
  CHECK(pair.at_client.writable == 1);
  CHECK(pair.client->unsent() == 0);
}

inline void stream_tells_when_little_is_unsent(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.start();
  const std::string bytes = pattern(10'000);
  CHECK(pair.client->write(as_bytes(bytes)) == bytes.size());
  pair.client->tell_when_unsent(9'999);
  CHECK(pair.at_client.writable == 0);  // never inside the call
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.writable > 0; }));
  CHECK(pair.client->unsent() <= 9'999);
  REQUIRE(fixture.run_until([&] { return pair.at_server.data.size() == bytes.size(); }));
  CHECK(pair.at_client.writable == 1);
  pair.client->tell_when_unsent(0);  // holds already: told all the same
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.writable == 2; }));
}

// Streams that lend no memory have nothing to show here.
inline void stream_lends_memory(platform_fixture& fixture) {
  stream_pair pair(fixture, {.send_limit = {64 * 1024}});
  pair.start();
  CHECK(pair.client->write(as_bytes("before ")) == 7);
  const std::span<std::byte> room = pair.client->reserve(9);
  if (room.empty()) return;
  REQUIRE(room.size() >= 9);
  std::memcpy(room.data(), "in place ", 9);
  pair.client->commit(9);
  CHECK(pair.client->unsent() == 16);
  CHECK(pair.client->write(as_bytes("after")) == 5);
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.data.size() == 21; }));
  CHECK(pair.at_server.data == "before in place after");
  (void)pair.client->reserve(1);
  pair.client->commit(0);  // nothing after all
  CHECK(pair.client->reserve(64 * 1024 + 1).empty());
  const std::string bytes = pattern(64 * 1024);
  CHECK(pair.client->write(as_bytes(bytes)) == bytes.size());
  if (pair.client->unsent() > 0) CHECK(pair.client->reserve(64 * 1024).empty());
  pair.client->finish();
  CHECK(pair.client->reserve(1).empty());
}

inline void stream_slice_is_all_or_nothing(platform_fixture& fixture) {
  stream_pair pair(fixture, {.send_limit = {4096}});
  pair.start();
  const std::string large = pattern(9000);
  CHECK(pair.client->write(slice::copy_of(large)));  // above the limit, but alone
  CHECK(!pair.client->write(slice::copy_of("x")));
  CHECK(pair.client->unsent() == 9000);
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.writable > 0; }));
  CHECK(pair.client->write(slice::copy_of("y")));
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.data.size() == 9001; }));
  CHECK(pair.at_server.data == large + "y");
}

inline void stream_half_close(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.start();
  (void)pair.client->write(as_bytes("question"));
  pair.client->finish();
  CHECK(pair.client->write(as_bytes("late")) == 0);
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.ended; }));
  CHECK(pair.at_server.data == "question");
  CHECK(!pair.at_client.closed);
  (void)pair.server->write(as_bytes("answer"));
  pair.server->finish();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.closed && pair.at_server.closed; }));
  CHECK(pair.at_client.data == "answer");
  CHECK(pair.at_client.ended);
  CHECK(pair.at_client.closed->kind() == errc::disconnected);
  CHECK(pair.at_server.closed->kind() == errc::disconnected);
}

inline void stream_destroy_resets(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.start();
  pair.server.reset();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.closed.has_value(); }));
  CHECK(pair.at_client.closed->kind() == errc::disconnected);
  CHECK(!pair.at_client.ended);
  CHECK(!pair.at_server.closed);  // whoever destroys is not told
  CHECK(pair.client->write(as_bytes("into the void")) == 0);
}

inline void stream_destroy_inside_callbacks(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.at_server.each_data = [&pair] { pair.server.reset(); };
  pair.at_client.when_closed = [&pair] { pair.client.reset(); };
  pair.start();
  (void)pair.client->write(as_bytes("x"));  // one byte: longer texts may come in pieces
  REQUIRE(fixture.run_until([&pair] { return !pair.client; }));
  CHECK(pair.at_server.data == "x");
}

inline void stream_pause_and_resume(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.start();
  pair.server->pause_reading();
  (void)pair.client->write(as_bytes("wait for it"));
  pair.client->finish();
  REQUIRE(let_pass(fixture, 30ms));
  CHECK(pair.at_server.data.empty());
  CHECK(!pair.at_server.ended);
  pair.server->resume_reading();
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.ended; }));
  CHECK(pair.at_server.data == "wait for it");
}

inline void stream_waits_for_start(platform_fixture& fixture) {
  stream_pair pair(fixture);
  pair.client->start(pair.at_client);
  (void)pair.client->write(as_bytes("early"));
  (void)pair.server->write(as_bytes("before start"));
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.data == "before start"; }));
  CHECK(pair.at_server.data.empty());
  pair.server->start(pair.at_server);
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.data == "early"; }));
}

// The first bytes go into a place of the owner, whatever way they are cut; the rest does not.
inline void stream_reads_into_a_place(platform_fixture& fixture) {
  stream_pair pair(fixture);
  std::vector<std::byte> place(150'000);
  pair.at_server.place = [&] {
    return std::span(place).subspan(std::min(pair.at_server.data.size(), place.size()));
  };
  std::size_t before = 0;
  pair.at_server.each_data = [&] {
    const std::size_t after = pair.at_server.data.size();
    CHECK((before < place.size()) == (pair.at_server.where == place.data() + before));
    CHECK((before >= place.size() || after <= place.size()));
    before = after;
  };
  pair.start();
  const std::string sent = pattern(400'000);
  REQUIRE(pair.client->write(slice::copy_of(sent)));
  REQUIRE(fixture.run_until([&] { return pair.at_server.data.size() == sent.size(); }));
  CHECK(pair.at_server.data == sent);
  CHECK(as_text(place) == sent.substr(0, place.size()));
}

// What was read beyond the place is told even when reading was paused in between, and to nobody
// when the stream is gone.
inline void stream_overflows_a_place(platform_fixture& fixture) {
  for (const bool destroys : {false, true}) {
    stream_pair pair(fixture);
    std::byte place[1];
    pair.at_server.place = [&place] { return std::span(place); };
    pair.at_server.each_data = [&] {
      if (pair.at_server.where != place) return;
      if (destroys) pair.server.reset();
      if (!destroys) pair.server->pause_reading();
    };
    pair.start();
    (void)pair.client->write(as_bytes("ab"));
    if (!destroys) {
      REQUIRE(fixture.run_until([&pair] {
        if (pair.at_server.data.size() == 1) pair.server->resume_reading();
        return pair.at_server.data == "ab";
      }));
      continue;
    }
    REQUIRE(fixture.run_until([&pair] { return pair.at_client.closed.has_value(); }));
    CHECK(pair.at_server.data == "a");
  }
}

inline void dial_refused(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  auto listening = streams.listen(fixture.any_port(), {}, [](stream_ptr) {});
  REQUIRE(listening.ok());
  const endpoint nobody = (*listening)->local();
  listening->reset();
  std::optional<failure> why;
  const dial_ptr dial = streams.dial(nobody, {}, 5s, [&why](result<stream_ptr> dialed) {
    CHECK(!dialed.ok());
    if (!dialed) why = dialed.error();
  });
  CHECK(!why);  // never inside the call
  REQUIRE(fixture.run_until([&why] { return why.has_value(); }));
  CHECK(why->kind() == errc::disconnected);
  CHECK(why->text().find(to_string(nobody)) != std::string::npos);
}

inline void dial_bad_address(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  std::optional<failure> why;
  const dial_ptr dial =
      plugin.services->streams().dial({"not a numeric address", 1, false}, {}, 5s,
                                      [&why](result<stream_ptr> dialed) { why = dialed.error(); });
  CHECK(!why);
  REQUIRE(fixture.run_until([&why] { return why.has_value(); }));
  CHECK(why->kind() == errc::invalid);
}

inline void dial_deadline(platform_fixture& fixture) {
  const std::optional<endpoint> silent = fixture.silent_endpoint();
  if (!silent) return;
  test_plugin plugin(fixture);
  const time_point begin = fixture.world().lane(0).precise_now();
  std::optional<failure> why;
  const dial_ptr dial =
      plugin.services->streams().dial(*silent, {}, 60ms, [&why](result<stream_ptr> dialed) {
        CHECK(!dialed.ok());
        if (!dialed) why = dialed.error();
      });
  REQUIRE(fixture.run_until([&why] { return why.has_value(); }));
  CHECK(why->kind() == errc::timed_out);
  CHECK(fixture.world().lane(0).now() - begin >= 60ms);
}

inline void dial_cancelled(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  auto listening = streams.listen(fixture.any_port(), {}, [](stream_ptr) {});
  REQUIRE(listening.ok());
  bool called = false;
  dial_ptr dial =
      streams.dial((*listening)->local(), {}, 5s, [&called](result<stream_ptr>) { called = true; });
  CHECK(plugin.ledger.dials == 1);
  dial.reset();
  CHECK(run_turns(fixture, 5));
  CHECK(!called);
}

inline void listen_twice_is_denied(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  auto first = streams.listen(fixture.any_port(), {}, [](stream_ptr) {});
  REQUIRE(first.ok());
  const endpoint taken = (*first)->local();
  auto second = streams.listen(taken, {}, [](stream_ptr) {});
  REQUIRE(!second.ok());
  CHECK(second.error().kind() == errc::denied);
  CHECK(second.error().text().find(to_string(taken)) != std::string::npos);
  first->reset();
  CHECK(streams.listen(taken, {}, [](stream_ptr) {}).ok());
}

// Everything goes inside its own callback; captures are used afterwards.
inline void handles_die_inside_callbacks(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  listener_ptr listening;
  dial_ptr dial;
  std::string trace;
  const std::string long_capture(100, 'c');
  auto made = streams.listen(fixture.any_port(), {}, [&, long_capture](stream_ptr accepted) {
    accepted.reset();
    listening.reset();
    trace += long_capture.substr(0, 1) + "accepted ";
  });
  REQUIRE(made.ok());
  listening = std::move(made).value();
  dial = streams.dial(listening->local(), {}, 5s, [&, long_capture](result<stream_ptr>) {
    dial.reset();
    trace += long_capture.substr(0, 1) + "dialed ";
  });
  REQUIRE(fixture.run_until([&] { return !listening && !dial; }));
  CHECK(trace.size() == std::string("caccepted cdialed ").size());
}

inline void listener_pauses(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  stream_ptr accepted;
  stream_ptr dialed;
  auto listening = streams.listen(fixture.any_port(), {},
                                  [&accepted](stream_ptr one) { accepted = std::move(one); });
  REQUIRE(listening.ok());
  (*listening)->pause();
  const dial_ptr dial =
      streams.dial((*listening)->local(), {}, 5s, [&dialed](result<stream_ptr> one) {
        if (one) dialed = std::move(one).value();
      });
  REQUIRE(let_pass(fixture, 30ms));
  CHECK(!accepted);
  (*listening)->resume();
  REQUIRE(fixture.run_until([&] { return accepted && dialed; }));
}

inline std::vector<conformance_case> stream_cases() {
  return {{"port 0 reports the real port", stream_port_zero},
          {"data arrives complete and in order", stream_data_in_order},
          {"a write takes up to the limit", stream_partial_write},
          {"a word when little is unsent", stream_tells_when_little_is_unsent},
          {"a slice is all or nothing", stream_slice_is_all_or_nothing},
          {"half-close lets the answer through", stream_half_close},
          {"destroying resets", stream_destroy_resets},
          {"streams die inside callbacks", stream_destroy_inside_callbacks},
          {"pausing keeps bytes and the end back", stream_pause_and_resume},
          {"nothing is read before start", stream_waits_for_start},
          {"bytes go where the owner wants them", stream_reads_into_a_place},
          {"more than the owner's place holds", stream_overflows_a_place},
          {"memory lent to the writer", stream_lends_memory},
          {"a refused dial", dial_refused},
          {"a dial to nonsense", dial_bad_address},
          {"a dial to nobody times out", dial_deadline},
          {"a cancelled dial is silent", dial_cancelled},
          {"listening twice", listen_twice_is_denied},
          {"listeners and dials die inside callbacks", handles_die_inside_callbacks},
          {"a paused listener", listener_pauses}};
}

}  // namespace mw::kernel::conformance
