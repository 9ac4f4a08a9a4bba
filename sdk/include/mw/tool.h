// tool: commands that a plug-in brings to `mw`: `mw certs make`, `mw members`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mw {

enum class file_access : std::uint8_t { everybody, owner };  // who may read what is written

struct node_answer {
  int status = 0;  // of HTTP
  std::string body;
};

// All that a tool sees and does: like plug-ins, tools touch no file, clock or socket themselves.
// Implemented by the kernel's command line, and by tests. Calls block until done.
class tool_io {
 public:
  virtual void print(std::string_view text) = 0;     // standard output; no line break is added
  virtual void complain(std::string_view text) = 0;  // standard error
  [[nodiscard]] virtual bool json() const = 0;       // --json was given
  // Relative paths start at the current directory.
  [[nodiscard]] virtual result<std::string> read(const std::string& path) = 0;
  // Up to `size` bytes from `offset`, fewer only at the end: for files that memory may not hold.
  [[nodiscard]] virtual result<std::string> read_part(const std::string& path, std::uint64_t offset,
                                                      std::size_t size) {
    MW_TRY(const std::string all, read(path));
    return offset < all.size() ? all.substr(static_cast<std::size_t>(offset), size) : std::string();
  }
  // Whole files: written beside, synced and renamed; `owner` has mode 0600 before it has content.
  // Missing directories are made. `denied` when it exists and `replace` is false.
  [[nodiscard]] virtual status write(const std::string& path, std::string_view content,
                                     file_access who, bool replace) = 0;
  [[nodiscard]] virtual wall_time now() const = 0;
  virtual void secure_bytes(std::span<std::byte> out) = 0;
  // Asks an admin page of the running node that --admin or --node-file names; the token is found by
  // itself. An empty `body` is GET, else POST. `disconnected`: no node is there.
  [[nodiscard]] virtual result<node_answer> ask(std::string_view path, std::string_view body) = 0;
  // Follows a feed; `each` returns false to end it.
  [[nodiscard]] virtual status follow(std::string_view path,
                                      bool (*each)(void* context, std::string_view event,
                                                   std::string_view data),
                                      void* context) = 0;

 protected:
  ~tool_io() = default;
};

// Exit codes of tools, the same as those of `mw`: 0 done, 1 not so (the answer is no, or it
// failed), 2 the arguments are wrong.
struct tool {
  std::string_view verb;     // "certs"; one word, unlike the verbs of `mw` and of other plug-ins
  std::string_view summary;  // half a line, for `mw help`
  std::string_view usage;    // for `mw certs --help`: forms, flags with units, an example
  int (*run)(std::span<const std::string_view> arguments, tool_io& io);
};

// A plug-in class with tools has
//   static std::span<const mw::tool> tools();

}  // namespace mw
