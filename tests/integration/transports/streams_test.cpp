// streams_test: transport.tcp and transport.unix on real sockets: faults, bounds, system calls.
// SPDX-License-Identifier: Apache-2.0
#include "platform/net/socket_address.h"
#include "platform/platform_counters.h"
#include "platform/unique_fd.h"
#include "real_node.h"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <vector>

namespace mw::test {

namespace {

using kernel::unique_fd;

unique_fd socket_for(const endpoint& at) {
  const auto address = kernel::to_address(at, {});
  REQUIRE(address.ok());
  return unique_fd(::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
}
unique_fd connected_to(const endpoint& at) {
  unique_fd fd = socket_for(at);
  const auto address = kernel::to_address(at, {});
  REQUIRE(::connect(fd.get(), address->get(), address->size) == 0);
  return fd;
}
// Listens with nobody behind it.
unique_fd listening_on(const endpoint& at) {
  unique_fd fd = socket_for(at);
  const auto address = kernel::to_address(at, {});
  REQUIRE(::bind(fd.get(), address->get(), address->size) == 0);
  REQUIRE(::listen(fd.get(), 8) == 0);
  return fd;
}
void reset(unique_fd fd) {
  const linger now{1, 0};
  REQUIRE(::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
}

// A node with one transport, a door and what came in through it.
class scene {
 public:
  explicit scene(const std::string& stanza, const endpoint& at = {"127.0.0.1", 0})
      : node("  subject: { " + stanza + " }\n") {
    endpoint where = at;
    if (where.local) where.host = node.folder() + "/" + where.host;
    node.in_turn([&] {
      auto made = node.use("subject").listen(where, [this](link accepted) {
        guests.push_back(std::make_unique<real_end>(node, std::move(accepted)));
      });
      REQUIRE(made.ok());
      door = std::move(*made);
    });
  }
  ~scene() {
    node.in_turn([this] {
      dialling.reset();
      mine.reset();
      guests.clear();
      door.reset();
    });
  }

  // True: there is a link. Else the reason is in `failed`.
  bool dial(const endpoint& to, duration deadline = 5s) {
    failed.reset();
    node.in_turn([&] {
      dialling =
          node.use("subject").dial({.to = to, .deadline = deadline}, [this](result<link> outcome) {
            if (outcome)
              mine = std::make_unique<real_end>(node, std::move(*outcome));
            else
              failed = outcome.error();
            node.poke();
          });
    });
    REQUIRE(node.run_until([this] { return mine != nullptr || failed.has_value(); }));
    return mine != nullptr;
  }
  void connect() {
    REQUIRE(dial(door->local()));
    REQUIRE(node.run_until([this] { return !guests.empty(); }));
  }
  [[nodiscard]] bool counted(const std::string& line) const {
    return node.metrics().find(line + "\n") != std::string::npos;
  }

  real_node node;
  listener_ptr door;
  dial_ptr dialling;
  std::unique_ptr<real_end> mine;
  std::vector<std::unique_ptr<real_end>> guests;
  std::optional<failure> failed;
};

bool says(const failure& why, std::string_view part) {
  INFO(why.text());
  return why.text().find(part) != std::string::npos;
}

constexpr const char* tcp = "use: transport.tcp";
constexpr const char* local = "use: transport.unix";

}  // namespace

TEST_CASE("tcp: a name of this machine, whichever of its addresses answers") {
  scene s(tcp);
  REQUIRE(s.dial({"localhost", s.door->local().port}));
  CHECK(s.mine->link.bytes->remote() == s.door->local());
}

TEST_CASE("tcp: a peer that resets is named") {
  scene s(tcp);
  unique_fd peer = connected_to(s.door->local());
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
  const std::string name = to_string(s.guests[0]->link.bytes->remote());
  reset(std::move(peer));
  REQUIRE(s.node.run_until([&s] { return s.guests[0]->closed.has_value(); }));
  CHECK(s.guests[0]->closed->kind() == errc::disconnected);
  CHECK(says(*s.guests[0]->closed, name));
  CHECK(says(*s.guests[0]->closed, "reset"));
  CHECK(s.counted("mw_transport_open_links{transport=\"subject\"} 0"));
}

TEST_CASE("tcp: nobody listens, and a port that another program has") {
  scene s(tcp);
  endpoint deserted;
  {
    const unique_fd other = listening_on({"127.0.0.1", 0});
    deserted = kernel::local_endpoint(other.get());
    s.node.in_turn([&] {
      const auto taken = s.node.use("subject").listen(deserted, [](link) {});
      REQUIRE(!taken.ok());
      CHECK(taken.error().kind() == errc::denied);
      CHECK(says(taken.error(), to_string(deserted)));
    });
  }
  CHECK(!s.dial(deserted));
  CHECK(s.failed->kind() == errc::disconnected);
  CHECK(says(*s.failed, to_string(deserted)));
  CHECK(
      s.counted("mw_transport_dial_failures_total{reason=\"disconnected\","
                "transport=\"subject\"}"
                " 1"));
}

TEST_CASE("tcp: a peer whose queue is full and silent costs the deadline") {
  scene s(tcp);
  const unique_fd silent = socket_for({"127.0.0.1", 0});
  const auto any = kernel::to_address({"127.0.0.1", 0}, {});
  REQUIRE(::bind(silent.get(), any->get(), any->size) == 0);
  REQUIRE(::listen(silent.get(), 0) == 0);
  const endpoint at = kernel::local_endpoint(silent.get());
  std::vector<unique_fd> fillers;
  const auto target = kernel::to_address(at, {});
  for (int i = 0; i < 4; ++i) {
    fillers.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    (void)::connect(fillers.back().get(), target->get(), target->size);
  }
  CHECK(!s.dial(at, 80ms));
  CHECK(s.failed->kind() == errc::timed_out);
  CHECK(says(*s.failed, to_string(at)));
  CHECK(says(*s.failed, "80ms"));
}

TEST_CASE("tcp: a flood beyond connections_max is closed at once") {
  scene s("use: transport.tcp, connections_max: 5");
  std::vector<unique_fd> peers;
  for (int i = 0; i < 50; ++i) peers.push_back(connected_to(s.door->local()));
  const auto closed = [&peers] {
    return std::count_if(peers.begin(), peers.end(), [](const unique_fd& one) {
      char byte = 0;
      const ssize_t count = ::recv(one.get(), &byte, 1, MSG_DONTWAIT);
      return count == 0 || (count < 0 && errno != EAGAIN);
    });
  };
  REQUIRE(s.node.run_until([&] { return closed() == 45; }));
  CHECK(s.guests.size() == 5);
  CHECK(
      s.counted("mw_transport_refused_total{reason=\"connections_max\","
                "transport=\"subject\"} 45"));
}

TEST_CASE("tcp: a reader that hangs holds no more than send_limit") {
  scene s("use: transport.tcp, send_limit: 64KiB");
  const unique_fd slow = connected_to(s.door->local());
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
  const std::string flood(1 << 20, 'f');
  bool full = false;
  for (int i = 0; i < 200 && !full; ++i)
    s.node.in_turn([&] {
      stream& bytes = *s.guests[0]->link.bytes;
      full = bytes.write(as_bytes(flood)) == 0;
      CHECK(bytes.unsent() <= 64 * 1024);
    });
  CHECK(full);
  CHECK(!s.guests[0]->closed);
}

TEST_CASE(
    "tcp and unix: writes of a turn leave in one system call, frames "
    "land in their place") {
  for (const bool over_path : {false, true}) {
    CAPTURE(over_path);
    scene s(over_path ? local : tcp,
            over_path ? endpoint{"mw.sock", 0, true} : endpoint{"127.0.0.1", 0});
    s.connect();
    const auto& counters = s.node.counters();
    const std::uint64_t writes = counters.stream_writes.load();
    s.node.in_turn([&s] {
      for (int i = 0; i < 100; ++i) (void)s.mine->link.bytes->write(as_bytes("a small message"));
    });
    REQUIRE(s.node.run_until([&s] { return s.guests[0]->heard.size() == 1500; }));
    CHECK(counters.stream_writes.load() - writes == 1);

    std::vector<std::byte> frame(8 << 20);
    s.guests[0]->place = frame;
    std::string sent(frame.size(), '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 31 + i / 4096);
    const std::uint64_t reads = counters.stream_reads.load();
    s.node.in_turn([&] { CHECK(s.mine->link.bytes->write(slice::copy_of(sent))); });
    REQUIRE(s.node.run_until([&] { return s.guests[0]->placed == frame.size(); }));
    CHECK(s.guests[0]->heard.size() == 1500);  // nothing went through the lane's buffer
    CHECK(as_text(frame) == sent);
    MESSAGE("8 MiB in " << counters.stream_reads.load() - reads << " reads");
  }
}

TEST_CASE(
    "unix: a stale file is replaced, a live one refused, and only the "
    "owner may connect") {
  scene s(local, {"mw.sock", 0, true});
  const endpoint live = s.door->local();
  struct stat info {};
  REQUIRE(::stat(live.host.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0600u);
  const endpoint stale{s.node.folder() + "/stale.sock", 0, true};
  (void)listening_on(stale);  // its process is gone, its file is not
  s.node.in_turn([&] {
    const auto refused = s.node.use("subject").listen(live, [](link) {});
    REQUIRE(!refused.ok());
    CHECK(refused.error().kind() == errc::denied);
    CHECK(says(refused.error(), live.host));
    CHECK(s.node.use("subject").listen(stale, [](link) {}).ok());
  });
  s.connect();
}

TEST_CASE("unix: the group may be let in") {
  scene s("use: transport.unix, access: group", {"mw.sock", 0, true});
  struct stat info {};
  REQUIRE(::stat(s.door->local().host.c_str(), &info) == 0);
  CHECK((info.st_mode & 0777u) == 0660u);
}

TEST_CASE("unix: a peer that is killed in the middle") {
  scene s(local, {"mw.sock", 0, true});
  unique_fd peer = connected_to(s.door->local());
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
  peer.reset();
  REQUIRE(s.node.run_until([&s] { return s.guests[0]->closed.has_value(); }));
  CHECK(s.guests[0]->closed->kind() == errc::disconnected);
  CHECK(says(*s.guests[0]->closed,
             s.door->local().host));  // dialling sockets have no name
}

}  // namespace mw::test
