// open_log: levels and file of the `log:` section, with the wall clock of this machine.
// SPDX-License-Identifier: Apache-2.0
#include "node/open_log.h"

#include <chrono>
#include <filesystem>
#include <system_error>

namespace mw::kernel {
namespace {

namespace fs = std::filesystem;

log_level level_of(level_name name) {
  return static_cast<log_level>(name);
}
static_assert(static_cast<int>(level_name::error) == static_cast<int>(log_level::error) &&
              static_cast<int>(level_name::debug) == static_cast<int>(log_level::debug));

}  // namespace

result<std::unique_ptr<log_sink>> open_log(const node_section& node) {
  std::error_code error;
  fs::create_directories(node.data_dir.text, error);
  if (error) {
    return failure(errc::denied,
                   "cannot create node.data_dir '" + node.data_dir.text + "': " + error.message());
  }
  log_options options{.level = level_of(node.log.level),
                      .json = node.log.format == log_format::json};
  if (!node.log.file.text.empty())
    options.file.text = (fs::path(node.data_dir.text) / node.log.file.text).string();
  for (const auto& [name, level] : node.log.levels) options.levels.emplace(name, level_of(level));
  return log_sink::open(std::move(options), [] {
    return wall_time{std::chrono::system_clock::now().time_since_epoch()};
  });
}

}  // namespace mw::kernel
