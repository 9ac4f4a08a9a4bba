// main: hands the process's arguments, environment and streams to the command line.
// SPDX-License-Identifier: Apache-2.0
#include "cli/dispatch.h"

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

extern char** environ;

namespace {

mw::kernel::environment read_environment() {
  mw::kernel::environment out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (const auto equals = text.find('='); equals != std::string::npos)
      out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

}  // namespace

int main(int count, char** words) {
  // A reader that went away is an error of write(), not the end of a running node.
  std::signal(SIGPIPE, SIG_IGN);
  mw::kernel::cli::console io(stdout, stderr);
  mw::kernel::cli::surroundings world{read_environment(), {}, io};
  io.choose_colors(world.variables);
  std::error_code ignored;
  world.program = std::filesystem::read_symlink("/proc/self/exe", ignored).string();
  const std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
  return static_cast<int>(mw::kernel::cli::run_mw(arguments, world));
}
