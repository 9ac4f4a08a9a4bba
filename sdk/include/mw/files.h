// files: asynchronous files, where what depends on durability is released after the sync.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>
#include <mw/function.h>
#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mw {

enum class durability : std::uint8_t {
  buffered,  // done when the operating system took it: a power loss may lose it
  synced,    // done after fdatasync; the only state on which an acknowledgement may be based
};

// Who may read or write a file besides its owner, by its mode: its group, or anybody. Always
// `owner` where the platform knows no modes.
enum class file_readers : std::uint8_t { owner, group, everybody };

// An open file. Operations of one file run in the order they were called. Destroying it closes it
// after the operations that were started; their callbacks are not called any more.
class file {
 public:
  virtual ~file() = default;
  // Appends all bytes. After a failed sync the file refuses every further write (`internal`): pages
  // may be lost although a retry would succeed.
  virtual void append(slice bytes, durability when, function<void(status)> done) = 0;
  // Up to `size` bytes from `offset`; fewer only at the end of the file.
  virtual void read(std::uint64_t offset, std::size_t size, function<void(result<slice>)> done) = 0;
  virtual void truncate(std::uint64_t size, function<void(status)> done) = 0;
  virtual void sync(function<void(status)> done) = 0;
  [[nodiscard]] virtual std::uint64_t size() const = 0;    // as of the last completed operation
  [[nodiscard]] virtual file_readers readers() const = 0;  // as of opening
};
using file_ptr = std::unique_ptr<file>;

// append creates a missing file; create starts with an empty one, also where a file existed.
// create_private does that with a file that its owner alone may read: for keys and tokens.
enum class open_mode : std::uint8_t { read, append, create, create_private };

// Implemented by the platforms. Relative paths start at the node's data directory; ".." is refused.
// Callbacks run in a later turn; they are not called after the plug-in is gone.
class file_service {
 public:
  virtual void open(const file_path& path, open_mode mode,
                    function<void(result<file_ptr>)> done) = 0;
  // Replaces `to` if it exists. Durable only after sync_directory() of the parent.
  virtual void rename(const file_path& from, const file_path& to, function<void(status)> done) = 0;
  virtual void remove(const file_path& path, function<void(status)> done) = 0;
  virtual void make_directory(const file_path& path,
                              function<void(status)> done) = 0;  // with parents
  virtual void sync_directory(const file_path& path, function<void(status)> done) = 0;
  // Names in sorted order.
  virtual void list(const file_path& path,
                    function<void(result<std::vector<std::string>>)> done) = 0;

 protected:
  ~file_service() = default;
};

}  // namespace mw
