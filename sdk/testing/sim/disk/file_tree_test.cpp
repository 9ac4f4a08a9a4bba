// file_tree_test: what survives a power loss, for names and for sectors.
// SPDX-License-Identifier: Apache-2.0
#include "file_tree.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

namespace mw::sim {

namespace {

std::string text(const file_content& content) {
  return std::string(as_text(content.bytes()));
}

inode_id make_file(file_tree& tree, std::string_view path, std::string_view bytes) {
  const inode_id id = tree.create(path).value();
  tree.at(id).content.append(as_bytes(bytes));
  return id;
}

}  // namespace

TEST_CASE("synced bytes survive every power loss; unsynced ones in every possible shape") {
  bool all = false, none = false, torn = false;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    dice chance(seed, "test");
    file_content file;
    file.append(as_bytes(std::string(700, 's')));
    file.sync();
    file.append(as_bytes(std::string(3000, 'u')));
    const sector_loss loss = file.lose_power(chance);
    const std::string left = text(file);
    REQUIRE(left.size() >= 700);
    CHECK(left.substr(0, 700) == std::string(700, 's'));
    // Within a sector it is all or nothing.
    for (std::size_t at = 1024; at + sector_bytes <= left.size(); at += sector_bytes) {
      const std::string sector = left.substr(at, sector_bytes);
      CHECK(
          (sector == std::string(sector_bytes, 'u') || sector == std::string(sector_bytes, '\0')));
    }
    all = all || left == std::string(700, 's') + std::string(3000, 'u');
    none = none || left.size() == 700;
    torn = torn || (loss.kept > 0 && loss.lost > 0);
  }
  CHECK(all);
  CHECK(none);
  CHECK(torn);
}

TEST_CASE("a truncation that was not synced may come back with its old bytes") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    dice chance(seed, "test");
    file_content file;
    file.append(as_bytes("old"));
    file.sync();
    file.truncate(0);
    (void)file.lose_power(chance);
    seen.insert(text(file));
  }
  CHECK(seen.contains("old"));
  CHECK(seen.contains(""));
}

TEST_CASE("after a failed sync the lost sectors stay lost although later syncs succeed") {
  bool lost = false;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    dice chance(seed, "test");
    file_content file;
    file.append(as_bytes(std::string(2048, 'a')));
    file.sync_badly(chance);
    CHECK(text(file) == std::string(2048, 'a'));  // the cache still shows it
    file.append(as_bytes("b"));
    file.sync();
    (void)file.lose_power(chance);
    REQUIRE(file.bytes().size() == 2049);
    lost = lost || text(file) != std::string(2048, 'a') + "b";
  }
  CHECK(lost);
}

TEST_CASE("a name is durable only after its directory was synced") {
  std::size_t survived = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    dice chance(seed, "test");
    file_tree tree;
    REQUIRE(tree.make_durable_directories("d"));
    make_file(tree, "d/safe", "1");
    REQUIRE(tree.sync_directory("d"));
    make_file(tree, "d/risky", "2");
    (void)tree.lose_power(chance);
    CHECK(tree.find("d/safe"));
    survived += tree.find("d/risky") ? 1 : 0;
  }
  CHECK(survived > 0);
  CHECK(survived < 100);
}

TEST_CASE("a rename is kept or undone as a whole") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    dice chance(seed, "test");
    file_tree tree;
    tree.at(make_file(tree, "new", "n")).content.sync();
    tree.at(make_file(tree, "target", "o")).content.sync();
    REQUIRE(tree.sync_directory(""));
    REQUIRE(tree.rename("new", "target"));
    (void)tree.lose_power(chance);
    REQUIRE(tree.find("target"));
    const std::string content = text(tree.at(*tree.find("target")).content);
    CHECK(content == (tree.find("new") ? "o" : "n"));
  }
}

TEST_CASE("an open file lives on without a name until it is closed") {
  file_tree tree;
  const inode_id id = make_file(tree, "gone", "bytes");
  REQUIRE(tree.sync_directory(""));
  tree.opened(id);
  REQUIRE(tree.remove("gone"));
  REQUIRE(tree.sync_directory(""));
  CHECK(tree.bytes() == 5);
  CHECK(text(tree.at(id).content) == "bytes");
  tree.closed(id);
  CHECK(tree.bytes() == 0);
}

TEST_CASE("operations on names that cannot be done say so") {
  file_tree tree;
  make_file(tree, "file", "x");
  REQUIRE(tree.make_directories("full/inner"));
  CHECK(tree.find("nothing").error().kind() == errc::not_found);
  CHECK(tree.create("nowhere/file").error().kind() == errc::not_found);
  CHECK(tree.create("full").error().kind() == errc::invalid);
  CHECK(tree.create("file/below").error().kind() == errc::invalid);
  CHECK(tree.make_directories("file/below").error().kind() == errc::invalid);
  CHECK(tree.remove("nothing").error().kind() == errc::not_found);
  CHECK(tree.remove("full").error().kind() == errc::invalid);
  CHECK(tree.rename("nothing", "x").error().kind() == errc::not_found);
  CHECK(tree.rename("file", "full").error().kind() == errc::invalid);
  CHECK(tree.list("file").error().kind() == errc::invalid);
  CHECK(tree.find("a/../file").error().kind() == errc::invalid);
  CHECK(tree.sync_directory("file").error().kind() == errc::invalid);
}

}  // namespace mw::sim
