// tools: the verbs that plug-ins bring to `mw`, found on the search path and run like its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/describe/installed.h"
#include "cli/verb.h"

#include <mw/tool.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel::cli {

struct found_tool {
  std::string_view plugin;  // type of the plug-in that brings it
  const tool* what;
};

// Pointers live as long as the loader. The first plug-in by name wins a verb that two bring; a verb
// of `mw` itself cannot be taken.
struct tool_list {
  std::unique_ptr<plugin_loader> loader;
  std::vector<found_tool> tools;      // sorted by verb
  std::vector<std::string> quarrels;  // verbs that two plug-ins bring, a sentence each
};

[[nodiscard]] tool_list find_tools(const arguments& given, const surroundings& world);
[[nodiscard]] tool_list list_tools(installed_plugins from);

// The words of one call, split: what `mw` understands itself, and what the tool gets.
struct tool_call {
  arguments ours;
  std::vector<std::string> theirs;
  bool help = false;
};
[[nodiscard]] result<tool_call> split_words(std::span<const std::string> words);

// Empty when no plug-in brings the verb.
[[nodiscard]] std::optional<exit_code> run_tool(std::string_view verb,
                                                std::span<const std::string> words,
                                                surroundings& world);
[[nodiscard]] exit_code run_tool(const found_tool& of, const tool_call& call, surroundings& world);

// Below the verbs of `mw` in `mw help`; empty when no plug-in brings any.
[[nodiscard]] std::string tool_lines(const tool_list& tools, bool color);

}  // namespace mw::kernel::cli
