// data_dir: created, checked and locked before anything of the node starts.
// SPDX-License-Identifier: Apache-2.0
#include "data_dir.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

unique_fd unusable(const std::string& path, const span& where, const std::string& why,
                   diagnostics& found) {
  found.error("RUN0001", where, "data_dir '" + path + "' cannot be used: " + why)
      .at_key("node.data_dir")
      .helping("choose a directory that this user may write, as in --set node.data_dir=/tmp/n1");
  return {};
}

}  // namespace

unique_fd claim_data_dir(const std::string& path, const span& where, diagnostics& found) {
  std::error_code error;
  const bool created = fs::create_directories(path, error);
  if (error) return unusable(path, where, error.message(), found);
  // Keys and logs of plug-ins are nobody else's business.
  if (created) fs::permissions(path, fs::perms::owner_all, error);
  unique_fd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::faccessat(fd.get(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return unusable(path, where, std::strerror(errno), found);
  // File systems without locks, such as some network mounts, have to do without this check.
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return fd;
  found.error("RUN0002", where, "another node is using data_dir '" + path + "'")
      .at_key("node.data_dir")
      .helping("stop that node, or give each node its own: data_dir: \"data/${NODE_ID:-n1}\"");
  return {};
}

}  // namespace mw::kernel::cli
