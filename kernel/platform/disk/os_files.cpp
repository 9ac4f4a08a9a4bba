// os_files: blocking file operations for worker threads, with their errors as failures.
// SPDX-License-Identifier: Apache-2.0
#include "os_files.h"

#include "platform/net/socket_address.h"

#include <mw/assert.h>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace mw::kernel {

namespace {

failure file_failure(std::string doing, int error) {
  errc kind = errc::internal;
  switch (error) {
    case ENOENT:
      kind = errc::not_found;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      kind = errc::denied;
      break;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
      kind = errc::overloaded;
      break;
    case EINVAL:
    case EISDIR:
    case ENOTDIR:
    case EEXIST:
    case ENOTEMPTY:
    case ELOOP:
    case ENAMETOOLONG:
      kind = errc::invalid;
      break;
    default:
      break;
  }
  return os_failure(kind, std::move(doing), error);
}

constexpr std::size_t read_max = std::size_t{1} << 30;

// 0 or errno.
int write_all(int fd, bytes_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0 ? EIO : errno;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return 0;
}

int open_flags(open_mode mode) {
  switch (mode) {
    case open_mode::read:
      return O_RDONLY;
    case open_mode::append:
      return O_RDWR | O_CREAT;
    case open_mode::create:
      return O_RDWR | O_CREAT | O_TRUNC;
    case open_mode::create_private:  // emptied by protect(), once it is known to be ours
      return O_RDWR | O_CREAT | O_NOFOLLOW;
  }
  return O_RDONLY;
}

file_readers readers_by(mode_t mode) {
  if ((mode & S_IRWXO) != 0) return file_readers::everybody;
  return (mode & S_IRWXG) != 0 ? file_readers::group : file_readers::owner;
}

// An older file keeps its owner and its mode when it is opened: both have to be right before it has
// content. root may open what belongs to others, who then could read it.
status protect(int fd, const std::string& path, const struct stat& info) {
  if (info.st_uid != ::geteuid())
    return {errc::denied, "opening " + path + ": it belongs to another user; remove it"};
  if (::fchmod(fd, 0600) != 0 || ::ftruncate(fd, 0) != 0)
    return file_failure("protecting " + path, errno);
  return {};
}

}  // namespace

result<os_file> os_file::open(const std::string& path, open_mode mode) {
  // O_NONBLOCK: opening a fifo by mistake must not hang a worker; it means nothing for files.
  const bool secret = mode == open_mode::create_private;
  unique_fd fd(
      ::open(path.c_str(), open_flags(mode) | O_CLOEXEC | O_NONBLOCK, secret ? 0600 : 0640));
  if (!fd && secret && errno == ELOOP)
    return {errc::invalid, "opening " + path +
                               ": it is a symbolic link, and secrets are not written through "
                               "links; remove it"};
  if (!fd) return file_failure("opening " + path, errno);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return file_failure("opening " + path, errno);
  if (!S_ISREG(info.st_mode)) return {errc::invalid, "opening " + path + ": not a regular file"};
  if (secret) {
    MW_CHECK(protect(fd.get(), path, info));
    info.st_size = 0;
    info.st_mode = S_IFREG | 0600;
  }
  return os_file(path, std::move(fd), static_cast<std::uint64_t>(info.st_size),
                 readers_by(info.st_mode));
}

status os_file::append(bytes_view bytes) {
  if (broken_) return *broken_;
  const int error = write_all(fd_.get(), bytes, size_);
  if (error == 0) {
    size_ += bytes.size();
    return {};
  }
  if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0)
    return broken("part of a failed write could not be removed");
  return file_failure("appending to " + path_, error);
}

result<slice> os_file::read(std::uint64_t offset, std::size_t size) const {
  struct stat info {};  // asked each time: another handle may append to the same file
  if (::fstat(fd_.get(), &info) != 0) return file_failure("reading " + path_, errno);
  const auto end = static_cast<std::uint64_t>(info.st_size);
  const auto wanted =
      static_cast<std::size_t>(offset >= end ? 0 : std::min<std::uint64_t>(size, end - offset));
  if (wanted > read_max) return {errc::invalid, "reading " + path_ + ": more than 1 GiB at once"};
  buffer_block* block = allocate_block(wanted);
  std::size_t done = 0;
  while (done < wanted) {
    const ssize_t count =
        ::pread(fd_.get(), block->data() + done, wanted - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int error = errno;
      const slice freed(block, 0, 0);
      return file_failure("reading " + path_, error);
    }
    if (count == 0) break;  // somebody else made the file shorter
    done += static_cast<std::size_t>(count);
  }
  return slice(block, 0, done);
}

status os_file::truncate(std::uint64_t size) {
  if (broken_) return *broken_;
  if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0)
    return file_failure("truncating " + path_, errno);
  size_ = size;
  return {};
}

status os_file::sync() {
  if (broken_) return *broken_;
  if (::fdatasync(fd_.get()) == 0) return {};
  return broken("fdatasync failed with errno " + std::to_string(errno));
}

failure os_file::broken(std::string why) {
  broken_ = failure(errc::internal, path_ + " is not written any more: " + std::move(why) +
                                        "; close it and recover from what is on disk");
  return *broken_;
}

result<std::string> resolve_path(const file_path& path, std::string_view data_dir) {
  const std::string& text = path.text;
  if (text.empty() || text.find('\0') != std::string::npos)
    return {errc::invalid, "a file path must not be empty or contain NUL bytes"};
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    if (text.compare(begin, end - begin, "..") == 0)
      return {errc::invalid, "path " + text + " must not contain \"..\""};
    begin = end + 1;
  }
  if (text.front() == '/' || data_dir.empty()) return text;
  return std::string(data_dir) + "/" + text;
}

status rename_path(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return file_failure("renaming " + from + " to " + to, errno);
}

status remove_path(const std::string& path) {
  if (std::remove(path.c_str()) == 0) return {};
  return file_failure("removing " + path, errno);
}

status make_directories(const std::string& path) {
  for (std::size_t end = 0; end < path.size();) {
    end = std::min(path.find('/', end + 1), path.size());
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0750) == 0 || errno == EEXIST) continue;
    return file_failure("making directory " + part, errno);
  }
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return {};
  return {errc::invalid, "making directory " + path + ": something else has that name"};
}

status sync_directory_at(const std::string& path) {
  const unique_fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return file_failure("syncing directory " + path, errno);
  return {};
}

result<std::vector<std::string>> list_directory(const std::string& path) {
  struct closer {
    void operator()(DIR* open) const { ::closedir(open); }
  };
  const std::unique_ptr<DIR, closer> directory(::opendir(path.c_str()));
  if (!directory) return file_failure("listing " + path, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return file_failure("listing " + path, errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace mw::kernel
