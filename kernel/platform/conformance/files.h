// files: cases about files, directories and what is promised about their order.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

namespace mw::kernel::conformance {

// Calls of the file service that wait for their callback.
class file_desk {
 public:
  explicit file_desk(platform_fixture& fixture) : plugin(fixture), fixture_(fixture) {}

  result<file_ptr> open(const std::string& path, open_mode mode) {
    std::optional<result<file_ptr>> outcome;
    files().open({path}, mode,
                 [&outcome](result<file_ptr> opened) { outcome.emplace(std::move(opened)); });
    CHECK(!outcome);  // never inside the call
    REQUIRE(fixture_.run_until([&outcome] { return outcome.has_value(); }));
    return std::move(*outcome);
  }
  file_ptr must_open(const std::string& path, open_mode mode) {
    auto opened = open(path, mode);
    REQUIRE(opened.ok());
    return std::move(opened).value();
  }
  // `start` gets the callback to pass on.
  template <class Start>
  status wait(Start start) {
    std::optional<status> outcome;
    start([&outcome](status done) { outcome = std::move(done); });
    CHECK(!outcome);
    REQUIRE(fixture_.run_until([&outcome] { return outcome.has_value(); }));
    return std::move(*outcome);
  }
  std::string read(file& from, std::uint64_t offset, std::size_t size) {
    std::optional<result<slice>> outcome;
    from.read(offset, size, [&outcome](result<slice> bytes) { outcome = std::move(bytes); });
    REQUIRE(fixture_.run_until([&outcome] { return outcome.has_value(); }));
    REQUIRE(outcome->ok());
    return std::string((*outcome)->text());
  }
  result<std::vector<std::string>> list(const std::string& path) {
    std::optional<result<std::vector<std::string>>> outcome;
    files().list(
        {path}, [&outcome](result<std::vector<std::string>> names) { outcome = std::move(names); });
    REQUIRE(fixture_.run_until([&outcome] { return outcome.has_value(); }));
    return std::move(*outcome);
  }
  file_service& files() { return plugin.services->files(); }

  test_plugin plugin;

 private:
  platform_fixture& fixture_;
};

inline void file_append_and_read(platform_fixture& fixture) {
  file_desk desk(fixture);
  const file_ptr log = desk.must_open("log", open_mode::append);
  CHECK(log->size() == 0);
  CHECK(desk.wait(
      [&](auto done) { log->append(slice::copy_of("hello "), durability::buffered, done); }));
  CHECK(desk.wait(
      [&](auto done) { log->append(slice::copy_of("world"), durability::synced, done); }));
  CHECK(log->size() == 11);
  CHECK(desk.read(*log, 0, 100) == "hello world");
  CHECK(desk.read(*log, 6, 3) == "wor");
  CHECK(desk.read(*log, 50, 3).empty());
  CHECK(desk.wait([&](auto done) { log->truncate(5, done); }));
  CHECK(log->size() == 5);
  CHECK(desk.wait([&](auto done) { log->append(slice::copy_of("!"), durability::synced, done); }));
  CHECK(desk.wait([&](auto done) { log->sync(done); }));
  CHECK(desk.read(*log, 0, 100) == "hello!");
}

inline void file_modes(platform_fixture& fixture) {
  file_desk desk(fixture);
  const auto missing = desk.open("nothing", open_mode::read);
  REQUIRE(!missing.ok());
  CHECK(missing.error().kind() == errc::not_found);
  file_ptr one = desk.must_open("one", open_mode::append);
  CHECK(
      desk.wait([&](auto done) { one->append(slice::copy_of("kept"), durability::synced, done); }));
  one.reset();
  one = desk.must_open("one", open_mode::append);
  CHECK(one->size() == 4);
  one.reset();
  one = desk.must_open("one", open_mode::create);  // an existing file is emptied
  CHECK(one->size() == 0);
  const file_ptr reader = desk.must_open("one", open_mode::read);
  CHECK(desk.read(*reader, 0, 10).empty());
}

inline void file_readers_by_mode(platform_fixture& fixture) {
  file_desk desk(fixture);
  CHECK(desk.must_open("plain", open_mode::append)->readers() != file_readers::everybody);
  CHECK(desk.must_open("key", open_mode::create_private)->readers() == file_readers::owner);
  CHECK(desk.must_open("key", open_mode::read)->readers() == file_readers::owner);
  // A file that was there before is narrowed.
  CHECK(desk.must_open("plain", open_mode::create_private)->readers() == file_readers::owner);
  CHECK(desk.must_open("plain", open_mode::read)->readers() == file_readers::owner);
}

inline void file_bad_paths(platform_fixture& fixture) {
  file_desk desk(fixture);
  for (const char* path : {"../up", "a/../../b", "..", ""}) {
    CAPTURE(path);
    const auto opened = desk.open(path, open_mode::append);
    REQUIRE(!opened.ok());
    CHECK(opened.error().kind() == errc::invalid);
  }
}

inline void file_operations_keep_their_order(platform_fixture& fixture) {
  file_desk desk(fixture);
  const file_ptr log = desk.must_open("log", open_mode::append);
  std::string order;
  std::string seen;
  log->append(slice::copy_of("one"), durability::synced, [&order](status) { order += 'a'; });
  log->append(slice::copy_of("two"), durability::buffered, [&order](status) { order += 'b'; });
  log->read(0, 100, [&](result<slice> bytes) {
    order += 'c';
    if (bytes) seen = bytes->text();
  });
  log->truncate(4, [&order](status) { order += 'd'; });
  log->append(slice::copy_of("!"), durability::synced, [&order](status) { order += 'e'; });
  log->sync([&order](status) { order += 'f'; });
  CHECK(order.empty());
  REQUIRE(fixture.run_until([&order] { return order.size() == 6; }));
  CHECK(order == "abcdef");
  CHECK(seen == "onetwo");
  CHECK(desk.read(*log, 0, 100) == "onet!");
}

inline void file_destroyed_early(platform_fixture& fixture) {
  file_desk desk(fixture);
  file_ptr log = desk.must_open("log", open_mode::append);
  bool called = false;
  log->append(slice::copy_of("still written"), durability::synced,
              [&called](status) { called = true; });
  log.reset();
  const file_ptr again = desk.must_open("log", open_mode::read);
  for (int tries = 0; tries < 500 && desk.read(*again, 0, 100).empty(); ++tries)
    REQUIRE(let_pass(fixture, 10ms));
  CHECK(desk.read(*again, 0, 100) == "still written");
  CHECK(!called);
}

inline void directories(platform_fixture& fixture) {
  file_desk desk(fixture);
  auto& files = desk.files();
  CHECK(desk.wait([&](auto done) { files.make_directory({"a/b/c"}, done); }));
  CHECK(desk.wait([&](auto done) { files.make_directory({"a/b/c"}, done); }));  // is there already
  for (const char* name : {"a/b/z", "a/b/x", "a/b/y"})
    (void)desk.must_open(name, open_mode::create);
  auto names = desk.list("a/b");
  REQUIRE(names.ok());
  CHECK(*names == std::vector<std::string>{"c", "x", "y", "z"});
  CHECK(desk.wait([&](auto done) { files.rename({"a/b/x"}, {"a/b/z"}, done); }));
  CHECK(desk.wait([&](auto done) { files.remove({"a/b/y"}, done); }));
  CHECK(desk.wait([&](auto done) { files.sync_directory({"a/b"}, done); }));
  names = desk.list("a/b");
  REQUIRE(names.ok());
  CHECK(*names == std::vector<std::string>{"c", "z"});
  CHECK(!desk.wait([&](auto done) { files.remove({"a/b/y"}, done); }));
  CHECK(desk.list("nowhere").error().kind() == errc::not_found);
}

inline void files_are_silent_after_the_plugin(platform_fixture& fixture) {
  bool called = false;
  {
    test_plugin plugin(fixture);
    plugin.services->files().open({"late"}, open_mode::append,
                                  [&called](result<file_ptr>) { called = true; });
  }
  REQUIRE(let_pass(fixture, 30ms));
  CHECK(!called);
}

inline std::vector<conformance_case> file_cases() {
  return {{"append, read, truncate, sync", file_append_and_read},
          {"open modes", file_modes},
          {"readers by mode", file_readers_by_mode},
          {"paths that are refused", file_bad_paths},
          {"operations of a file keep their order", file_operations_keep_their_order},
          {"a destroyed file finishes what was started", file_destroyed_early},
          {"directories", directories},
          {"no callbacks after the plug-in", files_are_silent_after_the_plugin}};
}

}  // namespace mw::kernel::conformance
