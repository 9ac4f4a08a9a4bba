// transport_conformance: the promises of transport/1, checked with pairs of linked probes.
// SPDX-License-Identifier: Apache-2.0
#include "link_probe.h"
#include "subject.h"

#include <mw/transport_conformance.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace mw::conformance {
namespace {

// Text in which every cut, loss and swap shows.
std::string pattern(std::size_t size, std::size_t seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('!' + (i * 31 + i / 251 + seed) % 90);
  return text;
}

// Says where texts of megabytes differ, instead of printing them.
void check_same(std::string_view heard, std::string_view sent) {
  CHECK_MESSAGE(heard.size() == sent.size(), "heard ", heard.size(), " bytes of ", sent.size());
  const std::size_t both = std::min(heard.size(), sent.size());
  const auto differs =
      std::mismatch(heard.begin(), heard.begin() + static_cast<std::ptrdiff_t>(both), sent.begin())
          .first;
  const auto at = static_cast<std::size_t>(differs - heard.begin());
  CHECK_MESSAGE(at == both, "the bytes differ from ", at, " on");
}

// A listener and what it let in, on one node. Everything that touches the transport happens in
// turns, the end as well.
class table {
 public:
  explicit table(const test_setup& setup) : node(setup), subject(subject_of<transport>(node)) {}
  ~table() {
    node.in_turn([this] {
      dialling.reset();
      near.reset();
      far.reset();
      door.reset();
    });
  }

  // Where the YAML says, or on any port.
  [[nodiscard]] endpoint somewhere() const {
    const std::vector<endpoint> configured = subject.configured();
    return configured.empty() ? endpoint{.host = "127.0.0.1", .port = 0} : configured.front();
  }
  std::optional<errc> listen() { return listen(somewhere()); }
  // The failure's kind when it is refused.
  std::optional<errc> listen(const endpoint& at) {
    std::optional<errc> refused;
    node.in_turn([&] {
      auto listening = subject.listen(
          at, [this](link accepted) { far = std::make_unique<link_probe>(std::move(accepted)); });
      if (!listening)
        refused = listening.error().kind();
      else
        door = std::move(*listening);
    });
    return refused;
  }

  // Dials; the outcome is in `near` or `dial_failure`.
  void dial(const endpoint& to) {
    node.in_turn([this, &to] {
      dialling = subject.dial({.to = to}, [this](result<link> outcome) {
        ++answers;
        if (outcome)
          near = std::make_unique<link_probe>(std::move(*outcome));
        else
          dial_failure = outcome.error();
      });
      CHECK_MESSAGE(answers == 0, "done ran inside dial()");
    });
  }

  // Listens, dials, and waits for both ends.
  void connect() {
    REQUIRE(!listen().has_value());
    dial(door->local());
    const bool linked = node.run_until([this] { return near != nullptr && far != nullptr; });
    REQUIRE_MESSAGE(linked, "no link: ", dial_failure ? dial_failure->text() : "no answer");
  }

  test_node node;
  transport& subject;
  listener_ptr door;
  dial_ptr dialling;
  int answers = 0;
  std::optional<failure> dial_failure;
  std::unique_ptr<link_probe> near;  // the end that dialled
  std::unique_ptr<link_probe> far;   // the end that was let in
};

}  // namespace

void transport_carries_bytes_both_ways(const test_setup& setup) {
  table t(setup);
  t.connect();
  const std::string there = pattern(3'000'000, 1);
  const std::string back = pattern(200'000, 2);
  t.node.in_turn([&] {
    t.near->send(there);
    for (std::size_t at = 0; at < back.size(); at += 1000) t.far->send(back.substr(at, 1000));
  });
  const bool arrived = t.node.run_until([&] {
    return t.far->heard().size() >= there.size() && t.near->heard().size() >= back.size();
  });
  CHECK_MESSAGE(arrived, "bytes are missing");
  check_same(t.far->heard(), there);
  check_same(t.near->heard(), back);
  CHECK(t.answers == 1);
}

void transport_ends_in_good_order(const test_setup& setup) {
  table t(setup);
  t.connect();
  const std::string last_words = pattern(100'000, 3);
  t.node.in_turn([&] {
    t.far->bytes().pause_reading();
    t.near->send(last_words);
    t.near->finish_after_sending();
  });
  t.node.run_for(1s);
  CHECK_MESSAGE(!t.far->ended(), "the end overtook bytes that wait for a paused reader");
  t.node.in_turn([&] { t.far->bytes().resume_reading(); });
  CHECK(t.node.run_until([&] { return t.far->ended(); }));
  check_same(t.far->heard(), last_words);
  CHECK_MESSAGE(!t.far->closed().has_value(), "closed although this end has not finished");
  t.node.in_turn([&] {
    t.far->send("and goodbye");
    t.far->finish_after_sending();
  });
  CHECK(t.node.run_until([&] { return t.near->closed() && t.far->closed(); }));
  CHECK(t.near->heard() == "and goodbye");
  CHECK(t.near->ended());
  t.node.run_for(1s);
}

void transport_tells_of_a_reset(const test_setup& setup) {
  table t(setup);
  t.connect();
  t.node.in_turn([&] { t.far->drop(); });
  CHECK(t.node.run_until([&] { return t.near->closed().has_value(); }));
  t.node.run_for(1s);
}

void transport_says_that_nobody_listens(const test_setup& setup) {
  table t(setup);
  REQUIRE(!t.listen().has_value());
  const endpoint deserted = t.door->local();
  t.node.in_turn([&] { t.door.reset(); });
  t.dial(deserted);
  CHECK(t.node.run_until([&] { return t.answers > 0; }));
  CHECK(t.near == nullptr);
  REQUIRE(t.dial_failure.has_value());
  CHECK(
      (t.dial_failure->kind() == errc::disconnected || t.dial_failure->kind() == errc::timed_out));
  t.node.run_for(60s);
  CHECK(t.answers == 1);
}

void transport_cancels_a_dial(const test_setup& setup) {
  table t(setup);
  REQUIRE(!t.listen().has_value());
  int answers = 0;
  t.node.in_turn([&] {
    const dial_ptr short_lived =
        t.subject.dial({.to = t.door->local()}, [&answers](const result<link>&) { ++answers; });
    CHECK_MESSAGE(short_lived != nullptr, "dial() gave null");
  });
  t.node.run_for(60s);
  CHECK(answers == 0);
  t.dial(t.door->local());
  CHECK_MESSAGE(t.node.run_until([&] { return t.near != nullptr; }),
                "no dial after a cancelled one");
}

void transport_listens_once_per_endpoint(const test_setup& setup) {
  table t(setup);
  t.connect();
  const endpoint taken = t.door->local();
  CHECK_MESSAGE((taken.local || taken.port != 0), "local() of a listener gives the real port");
  CHECK_MESSAGE(t.listen(taken) == errc::denied, "two listeners on ", to_string(taken));
  t.node.in_turn([&] {
    t.door.reset();
    t.near->send("still here");
  });
  CHECK(t.node.run_until([&] { return t.far->heard() == "still here"; }));
}

void transport_pushes_back(const test_setup& setup) {
  table t(setup);
  t.connect();
  t.node.in_turn([&] { t.far->bytes().pause_reading(); });
  // More than any sensible bound of a connection.
  const std::string flood = pattern(std::size_t{32} << 20, 4);
  t.node.in_turn([&] { t.near->send(flood); });
  t.node.run_for(10s);
  CHECK_MESSAGE(t.near->waiting() > 0, "32 MiB were taken for a reader that does not read");
  const std::size_t before = t.far->heard().size();
  t.node.run_for(1s);
  CHECK_MESSAGE(t.far->heard().size() == before, "bytes came to a reader that had paused");
  t.node.in_turn([&] { t.far->bytes().resume_reading(); });
  CHECK(t.node.run_until([&] { return t.far->heard().size() == flood.size(); }));
  check_same(t.far->heard(), flood);
}

void transport_survives_drops_in_callbacks(const test_setup& setup) {
  table t(setup);
  t.connect();
  t.node.in_turn([&] {
    t.far->drop_on_data();
    t.near->send(pattern(100'000, 5));
  });
  CHECK(t.node.run_until([&] { return t.near->closed().has_value(); }));
  CHECK(t.far->dropped());
  CHECK_MESSAGE(t.node.ready(), t.node.failed());
}

void transport_keeps_its_capabilities(const test_setup& setup) {
  table t(setup);
  t.connect();
  const bool secure = announced(setup, transport::contract, "secure").has_value();
  CHECK_MESSAGE(t.near->peer().empty() != secure, "'secure' and the name of the peer disagree");
  CHECK_MESSAGE(t.far->peer().empty() != secure, "'secure' and the name of the peer disagree");
  const auto frame_max = announced(setup, transport::contract, "max_frame");
  if (!frame_max) return;
  const std::string frame = pattern(*frame_max, 6);
  t.node.in_turn([&] { CHECK(t.near->bytes().write(slice::copy_of(frame))); });
  CHECK(t.node.run_until([&] { return t.far->heard().size() == frame.size(); }));
  check_same(t.far->heard(), frame);
}

}  // namespace mw::conformance
