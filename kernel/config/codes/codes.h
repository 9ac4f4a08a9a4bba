// codes: every diagnostic code with its title, explanation and examples, for `mw explain CFG0011`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

// Constant text about one code. A code keeps its number for ever; retired numbers are not reused.
struct code_entry {
  std::string_view id;  // Family and number: "CFG0011".
  std::string_view title;
  std::string_view explanation;
  std::string_view wrong;  // An example that is refused; empty where no YAML can show it.
  std::string_view right;
};

// One file per family, codes_<family>.cpp, in the order of the numbers.
[[nodiscard]] std::span<const code_entry> config_codes();  // CFG: texts, values, overrides
[[nodiscard]] std::span<const code_entry> wiring_codes();  // WIR: stanzas, providers, capabilities
[[nodiscard]] std::span<const code_entry> plugin_codes();  // PLG: libraries and plug-ins
[[nodiscard]] std::span<const code_entry> bus_codes();     // BUS: the `bus:` section
[[nodiscard]] std::span<const code_entry> run_codes();     // RUN: what fails while a node runs

// Null when there is no such code. Upper and lower case are the same.
[[nodiscard]] const code_entry* find_code(std::string_view id);

// All identifiers, for "did you mean" and for completion.
[[nodiscard]] std::vector<std::string> all_codes();

// The entry as text for a terminal.
[[nodiscard]] std::string render_code(const code_entry& entry);

}  // namespace mw::kernel
