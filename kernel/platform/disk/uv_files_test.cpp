// uv_files_test: bounds of what waits for a disk, and syncs that are shared.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/files.h"
#include "platform/disk/uv_file.h"
#include "platform/platform_counters.h"
#include "platform/uv_fixture.h"

namespace mw::kernel {

TEST_CASE("too many appends are refused without leaving a hole") {
  uv_fixture fixture;
  conformance::file_desk desk(fixture);
  const file_ptr log = desk.must_open("log", open_mode::append);
  constexpr std::size_t extra = 10;
  std::string written;
  std::size_t refused = 0;
  std::size_t told = 0;
  for (std::size_t i = 0; i < file_sequence::steps_max + extra; ++i) {
    const char mark = static_cast<char>('a' + i % 26);
    log->append(slice::copy_of(std::string(1, mark)), durability::buffered, [&, mark](status done) {
      ++told;
      if (done) {
        CHECK(refused == 0);  // nothing behind a refused append is written
        written += mark;
      } else {
        CHECK(done.error().kind() == errc::overloaded);
        ++refused;
      }
    });
  }
  REQUIRE(fixture.run_until([&told] { return told == file_sequence::steps_max + extra; }));
  CHECK(refused == extra);
  CHECK(log->size() == file_sequence::steps_max);
  CHECK(desk.read(*log, 0, written.size() + 1) == written);
  CHECK(desk.wait([&](auto done) { log->append(slice::copy_of("!"), durability::synced, done); }));
}

TEST_CASE("bytes that wait are bounded, but one large append passes") {
  uv_fixture fixture;
  conformance::file_desk desk(fixture);
  const file_ptr log = desk.must_open("log", open_mode::append);
  const slice large = slice::copy_of(std::string(file_sequence::bytes_max + 1, 'x'));
  std::string order;
  log->append(large, durability::buffered, [&order](status done) { order += done ? 'a' : 'A'; });
  log->append(slice::copy_of("y"), durability::buffered,
              [&order](status done) { order += done ? 'b' : 'B'; });
  log->truncate(0, [&order](status done) { order += done ? 'c' : 'C'; });
  REQUIRE(fixture.run_until([&order] { return order.size() == 3; }));
  CHECK(order == "aBC");
  CHECK(log->size() == large.size());
}

TEST_CASE("appends of a turn share one sync") {
  uv_fixture fixture;
  conformance::file_desk desk(fixture);
  const file_ptr log = desk.must_open("log", open_mode::append);
  std::size_t told = 0;
  const std::uint64_t before = fixture.world().counters().file_syncs.load();
  for (int i = 0; i < 100; ++i)
    log->append(slice::copy_of("entry"), durability::synced, [&told](status done) {
      CHECK(done.ok());
      ++told;
    });
  REQUIRE(fixture.run_until([&told] { return told == 100; }));
  CHECK(fixture.world().counters().file_syncs.load() - before == 1);
}

}  // namespace mw::kernel
