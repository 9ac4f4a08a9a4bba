// os_files_test: what files promise when the disk does not cooperate.
// SPDX-License-Identifier: Apache-2.0
#include "os_files.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace mw::kernel {

namespace {

class scratch_directory {
 public:
  scratch_directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "mw_files_XXXXXX";
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;
  ~scratch_directory() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace

// A limit on file sizes stands in for a full disk.
TEST_CASE("a failed append leaves nothing behind") {
  const scratch_directory scratch;
  auto opened = os_file::open(scratch / "log", open_mode::append);
  REQUIRE(opened.ok());
  os_file& log = *opened;
  REQUIRE(log.append(as_bytes("0123456789")).ok());
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 15;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const status failed = log.append(as_bytes("abcdefghij"));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, old_handler);
  CHECK(!failed.ok());
  CHECK(log.size() == 10);
  CHECK(std::filesystem::file_size(scratch / "log") == 10);
  CHECK(log.append(as_bytes("!")).ok());  // a failed write is no failed sync
  CHECK(log.read(0, 100)->text() == "0123456789!");
}

TEST_CASE("who may read a file, by its mode") {
  const scratch_directory scratch;
  const auto readers_with = [&scratch](mode_t mode) {
    const std::string path = scratch / "key";
    REQUIRE(os_file::open(path, open_mode::append).ok());
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return os_file::open(path, open_mode::read)->readers();
  };
  CHECK(readers_with(0600) == file_readers::owner);
  CHECK(readers_with(0400) == file_readers::owner);
  CHECK(readers_with(0640) == file_readers::group);
  CHECK(readers_with(0620) == file_readers::group);
  CHECK(readers_with(0644) == file_readers::everybody);
  CHECK(readers_with(0602) == file_readers::everybody);
}

TEST_CASE("after a failed sync every change is refused") {
  const scratch_directory scratch;
  const int number = ::dup(0);  // the descriptor that the file is going to get
  ::close(number);
  auto opened = os_file::open(scratch / "log", open_mode::append);
  REQUIRE(opened.ok());
  REQUIRE(opened->append(as_bytes("x")).ok());
  // A pipe in the file's place: pipes cannot be synced.
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const unique_fd reader(ends[0]);
  const unique_fd writer(ends[1]);
  const unique_fd aside(::dup(number));
  REQUIRE(::dup2(writer.get(), number) == number);
  CHECK(!opened->sync().ok());
  REQUIRE(::dup2(aside.get(), number) == number);  // the disk is fine again, the file stays closed
  for (const status& refused :
       {opened->sync(), opened->append(as_bytes("y")), opened->truncate(0)}) {
    REQUIRE(!refused.ok());
    CHECK(refused.error().kind() == errc::internal);
  }
  CHECK(opened->read(0, 10)->text() == "x");
}

TEST_CASE("only regular files are opened") {
  const scratch_directory scratch;
  CHECK(os_file::open(scratch / "", open_mode::read).error().kind() == errc::invalid);
  REQUIRE(::mkfifo((scratch / "fifo").c_str(), 0600) == 0);
  CHECK(os_file::open(scratch / "fifo", open_mode::read).error().kind() == errc::invalid);
  CHECK(os_file::open(scratch / "none/x", open_mode::append).error().kind() == errc::not_found);
}

TEST_CASE("secrets go into files that are the owner's alone, and never through links") {
  namespace fs = std::filesystem;
  const scratch_directory folder;
  const std::string wide = folder / "wide";
  std::ofstream(wide) << "an older and longer content";
  fs::permissions(wide, fs::perms(0644));
  auto narrowed = os_file::open(wide, open_mode::create_private);
  REQUIRE(narrowed.ok());
  CHECK(fs::status(wide).permissions() == fs::perms(0600));
  REQUIRE(narrowed->append(as_bytes("token")).ok());
  CHECK(fs::file_size(wide) == 5);
  CHECK(os_file::open(folder / "fresh", open_mode::create_private).ok());
  CHECK(fs::status(folder / "fresh").permissions() == fs::perms(0600));

  const std::string target = folder / "target";
  std::ofstream(target) << "somebody else's";
  fs::create_symlink(target, folder / "link");
  const auto refused = os_file::open(folder / "link", open_mode::create_private);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind() == errc::invalid);
  CHECK(refused.error().text().find("symbolic link") != std::string::npos);
  CHECK(fs::file_size(target) == 15);
  if (::geteuid() != 0 || ::chown(target.c_str(), 65534, 65534) != 0) return;
  CHECK(os_file::open(target, open_mode::create_private).error().kind() == errc::denied);
  CHECK_MESSAGE(fs::file_size(target) == 15, "what is not ours stays as it is");
}

TEST_CASE("paths stay below the data directory unless they are absolute") {
  CHECK(*resolve_path({"a/b"}, "/data") == "/data/a/b");
  CHECK(*resolve_path({"a..b/..c"}, "/data") == "/data/a..b/..c");
  CHECK(*resolve_path({"/etc/x"}, "/data") == "/etc/x");
  CHECK(*resolve_path({"a"}, "") == "a");
  for (const char* bad : {"", "..", "../a", "a/..", "a/../b", "/a/../b"}) {
    CAPTURE(bad);
    CHECK(!resolve_path({bad}, "/data").ok());
  }
  CHECK(!resolve_path({std::string("a\0b", 3)}, "/data").ok());
}

TEST_CASE("a directory cannot be made where a file is") {
  const scratch_directory scratch;
  REQUIRE(os_file::open(scratch / "file", open_mode::create).ok());
  CHECK(!make_directories(scratch / "file").ok());
  CHECK(!make_directories(scratch / "file/below").ok());
  CHECK(make_directories(scratch / "a/b/c").ok());
  CHECK(sync_directory_at(scratch / "a/b").ok());
  CHECK(!sync_directory_at(scratch / "file").ok());
  CHECK(!remove_path(scratch / "a").ok());  // not empty
}

}  // namespace mw::kernel
