// uv_streams_test: what only real sockets show: system calls, descriptors, unix socket files.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/streams.h"
#include "platform/net/socket_address.h"
#include "platform/uv_fixture.h"
#include "platform/uv_lane.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace mw::kernel {

namespace {

using conformance::stream_pair;
using conformance::test_plugin;

unique_fd connect_to(const endpoint& to) {
  const auto address = to_address(to, {});
  REQUIRE(address.ok());
  unique_fd fd(::socket(address->family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  (void)::connect(fd.get(), address->get(), address->size);
  return fd;
}

bool was_closed(const unique_fd& fd) {
  char byte = 0;
  const ssize_t count = ::recv(fd.get(), &byte, 1, MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

}  // namespace

TEST_CASE("all writes of a turn leave in one system call") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  pair.start();
  const std::uint64_t before = fixture.world().counters().stream_writes.load();
  const std::string small(100, 's');
  const std::string large(3000, 'l');
  for (int i = 0; i < 20; ++i) {
    (void)pair.client->write(as_bytes(small));
    (void)pair.client->write(slice::copy_of(large));
  }
  REQUIRE(fixture.run_until([&pair] { return pair.at_server.data.size() == 20 * 3100; }));
  CHECK(fixture.world().counters().stream_writes.load() - before <= 2);
  CHECK(pair.at_server.data.substr(3100, 3100) == small + large);
  CHECK(fixture.world().counters().stream_reads.load() <= 10);
}

TEST_CASE("a turn that writes much sends the first part before its end") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  pair.start();
  const std::string large(40'000, 'l');
  (void)pair.client->write(as_bytes(large));
  CHECK(pair.client->unsent() == large.size());
  (void)pair.client->write(as_bytes(large));
  CHECK(pair.client->unsent() == 0);
  REQUIRE(fixture.run_until([&] { return pair.at_server.data.size() == 2 * large.size(); }));
}

TEST_CASE("what is shared gathers for longer before its first part leaves") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  pair.start();
  const slice large = slice::copy_of(std::string(100'000, 'l'));
  CHECK(pair.client->write(large));
  CHECK(pair.client->write(large));
  CHECK(pair.client->unsent() == 2 * large.size());
  CHECK(pair.client->write(large));
  CHECK(pair.client->unsent() < 2 * large.size());
  REQUIRE(fixture.run_until([&] { return pair.at_server.data.size() == 3 * large.size(); }));
}

TEST_CASE("a fast peer is read several times in a turn, but not for ever") {
  uv_fixture fixture;
  stream_pair pair(fixture, {.send_limit = {64 << 20}});
  pair.start();
  const auto& reads = fixture.world().counters().stream_reads;
  const std::string sent = conformance::pattern(48 << 20);
  REQUIRE(pair.client->write(slice::copy_of(sent)));
  std::uint64_t before = reads.load();
  std::uint64_t most = 0;
  REQUIRE(fixture.run_until([&] {
    most = std::max(most, reads.load() - before);
    before = reads.load();
    return pair.at_server.data.size() == sent.size();
  }));
  CHECK(pair.at_server.data == sent);
  MESSAGE("most reads of a turn: " << most);
  CHECK(most > 1);
  CHECK(most <= 4);
}

TEST_CASE("a frame that is read into its place is copied nowhere else") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  std::vector<std::byte> frame(1 << 20);
  std::size_t filled = 0;
  pair.at_server.place = [&] { return std::span(frame).subspan(filled); };
  pair.at_server.each_data = [&] {
    CHECK(pair.at_server.where == frame.data() + filled);
    filled = pair.at_server.data.size();
  };
  pair.start();
  const std::string sent = conformance::pattern(frame.size());
  REQUIRE(pair.client->write(slice::copy_of(sent)));
  REQUIRE(fixture.run_until([&] { return filled == frame.size(); }));
  CHECK(as_text(frame) == sent);
}

TEST_CASE("a paused stream notices a reset but keeps what waits before an end") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  pair.start();
  pair.client->pause_reading();
  (void)pair.server->write(as_bytes("last words"));
  CHECK(conformance::run_turns(fixture, 2));
  pair.server.reset();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.closed.has_value(); }));

  stream_pair other(fixture);
  other.start();
  other.client->pause_reading();
  other.client->finish();
  REQUIRE(fixture.run_until([&other] { return other.at_server.ended; }));
  (void)other.server->write(as_bytes("last words"));
  other.server->finish();
  REQUIRE(fixture.run_until([&other] { return other.at_server.closed.has_value(); }));
  REQUIRE(conformance::let_pass(fixture, 20ms));
  CHECK(!other.at_client.closed);
  other.client->resume_reading();
  REQUIRE(fixture.run_until([&other] { return other.at_client.closed.has_value(); }));
  CHECK(other.at_client.data == "last words");
  CHECK(other.at_client.ended);
}

TEST_CASE("a unix peer that goes away before we have finished has given up") {
  uv_fixture fixture(endpoint{"unix", 0, true});
  stream_pair pair(fixture);
  pair.start();
  pair.server->finish();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.ended; }));
  CHECK(!pair.at_client.closed);
  pair.server.reset();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.closed.has_value(); }));
  CHECK(pair.at_client.closed->kind() == errc::disconnected);
}

TEST_CASE("waiting streams cost no turns") {
  uv_fixture fixture;
  stream_pair pair(fixture);
  pair.start();
  pair.server->finish();
  REQUIRE(fixture.run_until([&pair] { return pair.at_client.ended; }));  // half open from now on
  pair.server->pause_reading();
  (void)pair.client->write(as_bytes("unread"));
  const std::uint64_t before = fixture.hooks().turns;
  REQUIRE(conformance::let_pass(fixture, 50ms));
  CHECK(fixture.hooks().turns - before < 10);
}

TEST_CASE("a program that listens elsewhere is named in the refusal") {
  const unique_fd other(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto any = to_address({"127.0.0.1", 0, false}, {});
  REQUIRE(::bind(other.get(), any->get(), any->size) == 0);
  REQUIRE(::listen(other.get(), 1) == 0);
  const endpoint taken = local_endpoint(other.get());
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const auto refused = plugin.services->streams().listen(taken, {}, [](stream_ptr) {});
  REQUIRE(!refused.ok());
  CHECK(refused.error().kind() == errc::denied);
  CHECK(refused.error().text().find(to_string(taken)) != std::string::npos);
  const auto nonsense =
      plugin.services->streams().listen({"256.0.0.1", 1, false}, {}, [](stream_ptr) {});
  REQUIRE(!nonsense.ok());
  CHECK(nonsense.error().kind() == errc::invalid);
  const auto elsewhere =
      plugin.services->streams().listen({"203.0.113.1", 0, false}, {}, [](stream_ptr) {});
  REQUIRE(!elsewhere.ok());
  CHECK(elsewhere.error().kind() == errc::invalid);
}

TEST_CASE("unix socket files: stale ones are taken over, others are left alone") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  auto& streams = plugin.services->streams();
  const std::string path = fixture.directory() + "/mw.sock";
  const endpoint at{path, 0, true};
  {
    const unique_fd killed(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const auto address = to_address(at, {});
    REQUIRE(::bind(killed.get(), address->get(), address->size) == 0);
  }
  REQUIRE(std::filesystem::exists(path));
  auto listening = streams.listen(at, {}, [](stream_ptr) {});
  REQUIRE(listening.ok());
  listening->reset();
  CHECK(!std::filesystem::exists(path));

  std::ofstream(path) << "precious";
  const auto refused = streams.listen(at, {}, [](stream_ptr) {});
  REQUIRE(!refused.ok());
  CHECK(refused.error().kind() == errc::denied);
  CHECK(std::filesystem::file_size(path) == 8);

  const auto too_long = streams.listen({std::string(200, 'x'), 0, true}, {}, [](stream_ptr) {});
  REQUIRE(!too_long.ok());
  CHECK(too_long.error().kind() == errc::invalid);
}

TEST_CASE("a socket file lets in whom it should, whatever the umask") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const std::string path = fixture.directory() + "/mode.sock";
  for (const auto& [umask_now, mode] : {std::pair{0000u, 0600u}, std::pair{0077u, 0660u}}) {
    const mode_t before = ::umask(umask_now);
    const auto listening =
        plugin.services->streams().listen({path, 0, true}, {.file_mode = mode}, [](stream_ptr) {});
    ::umask(before);
    REQUIRE(listening.ok());
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777u) == mode);
  }
}

TEST_CASE("a socket file that somebody replaced is not removed") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  const std::string path = fixture.directory() + "/mw.sock";
  auto listening = plugin.services->streams().listen({path, 0, true}, {}, [](stream_ptr) {});
  REQUIRE(listening.ok());
  std::filesystem::remove(path);
  std::ofstream(path) << "another's";
  listening->reset();
  CHECK(std::filesystem::exists(path));
}

TEST_CASE(
    "without descriptors connections are shed, without spinning, and accepting goes on later") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  std::vector<stream_ptr> accepted;
  const auto listening = plugin.services->streams().listen(
      fixture.any_port(), {}, [&accepted](stream_ptr one) { accepted.push_back(std::move(one)); });
  REQUIRE(listening.ok());
  std::vector<unique_fd> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(connect_to((*listening)->local()));

  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  // From here on only descriptors that are open already can be used; three more may be accepted.
  rlimit tight = before;
  tight.rlim_cur = static_cast<rlim_t>(clients.back().get()) + 4;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  const std::uint64_t turns = fixture.hooks().turns;
  const bool shed =
      fixture.run_until([&fixture] { return fixture.world().counters().accepts_shed.load() > 0; });
  const bool rested = conformance::let_pass(fixture, 30ms);
  const std::uint64_t spent = fixture.hooks().turns - turns;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);

  CHECK(shed);
  CHECK(rested);
  CHECK(spent < 20);
  CHECK(accepted.size() + fixture.world().counters().accepts_shed.load() == 8);
  std::size_t closed = 0;
  for (const unique_fd& client : clients) closed += was_closed(client) ? 1 : 0;
  CHECK(closed == fixture.world().counters().accepts_shed.load());
  const std::size_t so_far = accepted.size();
  const unique_fd late = connect_to((*listening)->local());
  REQUIRE(fixture.run_until([&accepted, so_far] { return accepted.size() > so_far; }));
}

TEST_CASE("a flood of connections is accepted over several turns") {
  uv_fixture fixture;
  test_plugin plugin(fixture);
  std::vector<stream_ptr> accepted;
  std::uint64_t last_turn = 0;
  std::size_t in_turn = 0;
  std::size_t most = 0;
  const auto listening =
      plugin.services->streams().listen(fixture.any_port(), {}, [&](stream_ptr one) {
        if (last_turn != fixture.hooks().turns) in_turn = 0;
        last_turn = fixture.hooks().turns;
        most = std::max(most, ++in_turn);
        accepted.push_back(std::move(one));
      });
  REQUIRE(listening.ok());
  std::vector<unique_fd> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(connect_to((*listening)->local()));
  REQUIRE(fixture.run_until([&accepted] { return accepted.size() == 200; }));
  CHECK(most == 64);
}

}  // namespace mw::kernel
