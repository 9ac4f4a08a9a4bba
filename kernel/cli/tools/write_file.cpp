// write_file: the temporary name is random, so that two writers do not share one.
// SPDX-License-Identifier: Apache-2.0
#include "write_file.h"

#include "platform/unique_fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t read_max = std::size_t{256} << 20;

failure problem(const std::string& what, int error) {
  const errc kind = error == ENOENT ? errc::not_found
                    : error == EACCES || error == EPERM || error == EROFS || error == EEXIST
                        ? errc::denied
                        : errc::internal;
  return {kind, what + ": " + std::strerror(error)};
}

status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return problem("writing", errno);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(fd) != 0) return problem("syncing", errno);
  return {};
}

// link() refuses an existing name, rename() replaces it; both show whole files only.
status publish(const std::string& from, const std::string& to, bool replace) {
  const int outcome =
      replace ? ::rename(from.c_str(), to.c_str()) : ::link(from.c_str(), to.c_str());
  const int error = outcome == 0 ? 0 : errno;
  if (!replace) ::unlink(from.c_str());
  if (error == EEXIST) return {errc::denied, to + " exists already"};
  if (error != 0) return problem("naming " + to, error);
  return {};
}

void sync_directory_of(const fs::path& file) {
  const fs::path directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const unique_fd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());  // some file systems cannot; the file itself is synced
}

}  // namespace

status write_file(const std::string& path, std::string_view content, file_access who,
                  bool replace) {
  const fs::path target(path);
  std::error_code error;
  if (target.has_parent_path()) fs::create_directories(target.parent_path(), error);
  if (error) return {errc::denied, "making the directory of " + path + ": " + error.message()};
  // Asked early, so that nothing is written in vain; publish() asks again, which counts.
  if (!replace && fs::exists(target, error)) return {errc::denied, path + " exists already"};
  std::string beside = path + ".XXXXXX";
  const unique_fd fd(::mkostemp(beside.data(), O_CLOEXEC));  // mode 0600
  if (!fd) return problem("writing beside " + path, errno);
  status done = write_all(fd.get(), content);
  if (done && who == file_access::everybody && ::fchmod(fd.get(), 0644) != 0)
    done = problem("opening " + path + " to readers", errno);
  if (done) done = publish(beside, path, replace);
  if (!done) {
    ::unlink(beside.c_str());
    return std::move(done).error().in("cannot write " + path);
  }
  sync_directory_of(target);
  return {};
}

result<std::string> read_file(const std::string& path) {
  const unique_fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return problem("cannot read " + path, errno);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return problem("cannot read " + path, errno);
  if (!S_ISREG(info.st_mode))
    return failure(errc::invalid, "cannot read " + path + ": not a regular file");
  std::string text;
  std::array<char, 65536> part{};
  while (text.size() <= read_max) {
    const ssize_t count = ::read(fd.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return problem("cannot read " + path, errno);
    if (count == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(count));
  }
  return failure(errc::overloaded, "cannot read " + path + ": it is larger than 256 MiB");
}

}  // namespace mw::kernel::cli
