// node_registry: files named by process, made under another name until they are locked and whole.
// SPDX-License-Identifier: Apache-2.0
#include "node_registry.h"

#include "config/layers/load_config.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".node";
constexpr std::size_t entries_max = 256;

std::vector<std::string> folders(const environment& variables) {
  std::vector<std::string> out;
  const std::string user = std::to_string(::geteuid());
  if (const auto given = variables.find("XDG_RUNTIME_DIR");
      given != variables.end() && given->second.starts_with('/'))
    out.push_back(given->second + "/meshwright");
  out.push_back("/run/user/" + user + "/meshwright");
  out.push_back("/tmp/meshwright-" + user);
  return out;
}

// A real folder of this user that nobody else can look into or put things into.
bool is_private(const std::string& folder) {
  struct stat info{};
  return ::lstat(folder.c_str(), &info) == 0 && S_ISDIR(info.st_mode) &&
         info.st_uid == ::geteuid() && (info.st_mode & 077U) == 0;
}

bool make_private(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  return is_private(folder);
}

bool write_all(int fd, std::string_view text) {
  return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Whether its node is gone; then the file goes, too.
bool is_left_over(const fs::path& entry) {
  const unique_fd fd(::open(entry.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return true;
  if (::flock(fd.get(), LOCK_SH | LOCK_NB) != 0) return errno != EWOULDBLOCK;
  std::error_code ignored;
  fs::remove(entry, ignored);
  return true;
}

void list_folder(const std::string& folder, std::vector<running_node>& out) {
  if (!is_private(folder)) return;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ending || out.size() >= entries_max) continue;
    if (is_left_over(at->path())) continue;
    const auto text = read_text_file(at->path().string(), 8192);
    if (!text) continue;
    const std::size_t line = text->find('\n');
    if (line == std::string::npos || !text->starts_with('/')) continue;
    const std::size_t last = std::min(text->find('\n', line + 1), text->size());
    out.push_back({text->substr(line + 1, last - line - 1), text->substr(0, line)});
  }
}

}  // namespace

node_entry::~node_entry() {
  if (held_) ::unlink(path_.c_str());
}

result<node_entry> register_node(const running_node& node, const environment& variables) {
  std::error_code error;
  const std::string data_dir = fs::absolute(node.data_dir, error).lexically_normal().string();
  if (error || data_dir.find('\n') != std::string::npos)
    return failure(errc::invalid, "the data directory has no name that can be written down");
  for (const std::string& folder : folders(variables)) {
    if (!make_private(folder)) continue;
    const std::string path = folder + "/" + std::to_string(::getpid()) + std::string(ending);
    const std::string draft = path + ".new";
    unique_fd fd(::open(draft.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd || ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 ||
        !write_all(fd.get(), data_dir + "\n" + node.id + "\n") ||
        ::rename(draft.c_str(), path.c_str()) != 0)
      continue;
    return node_entry(path, std::move(fd));
  }
  return failure(errc::denied,
                 "no folder of this user alone is there to note the node in; `mw` "
                 "finds its token by --node-file only");
}

std::vector<running_node> list_running_nodes(const environment& variables) {
  std::vector<running_node> out;
  std::vector<std::string> seen;
  for (const std::string& folder : folders(variables)) {
    if (std::find(seen.begin(), seen.end(), folder) != seen.end()) continue;
    seen.push_back(folder);
    list_folder(folder, out);
  }
  std::sort(out.begin(), out.end(),
            [](const running_node& a, const running_node& b) { return a.data_dir < b.data_dir; });
  return out;
}

}  // namespace mw::kernel::cli
