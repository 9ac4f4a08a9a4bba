// verb: what one command of `mw` is: its texts, its flags and its function.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "arguments.h"
#include "config/layers/environment.h"
#include "console.h"
#include "exit_code.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel::cli {

// Everything that reaches a verb besides its arguments.
struct surroundings {
  environment variables;
  std::string program;  // absolute path of the binary; plug-ins and templates are found from it
  console& io;
};

struct verb {
  std::string_view name;
  std::string_view operands;  // "FILE..."
  std::size_t operands_min;
  std::size_t operands_max;
  std::string_view summary;  // half a line, for the list of verbs
  std::string_view details;  // one or two paragraphs
  std::string_view example;  // lines of a shell
  std::span<const flag> flags;
  exit_code (*run)(const arguments& given, surroundings& world);
};

// In the order in which `mw help` lists them.
[[nodiscard]] std::span<const verb* const> all_verbs();
[[nodiscard]] const verb* find_verb(std::string_view name);

// Flags that several verbs share.
inline constexpr flag help_flag{"--help", "", "Print this text."};
inline constexpr flag json_flag{"--json", "",
                                "Print JSON for programs instead of text for people."};
inline constexpr flag set_flag{
    "--set", "KEY=VALUE", "Override one setting, for example node.id=n2. May be repeated.", true};
inline constexpr flag plugin_path_flag{
    "--plugin-path", "DIR", "Look for plug-ins in this directory too. May be repeated.", true};

// What the verb takes, with --help, which all take.
[[nodiscard]] std::vector<flag> flags_of(const verb& of);

}  // namespace mw::kernel::cli
