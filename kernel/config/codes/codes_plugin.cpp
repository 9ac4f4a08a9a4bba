// codes_plugin: the PLG codes: libraries and plug-ins.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

constexpr std::array entries{
    code_entry{"PLG0001", "an unknown plug-in",
               "No directory of the search path has a library of this name. `mw plugins` lists "
               "what is installed; node.plugin_path adds directories.",
               "hello: { use: greter }", "hello: { use: greeter }"},
    code_entry{"PLG0002", "a library that cannot be opened",
               "The file is unreadable, not a shared library for this machine, incomplete, or "
               "needs a library that is not installed.",
               "", ""},
    code_entry{"PLG0003", "a library that is no plug-in",
               "The file is a shared library without the symbol mw_plugin, which MW_PLUGIN(...) in "
               "plugin.cpp defines.",
               "", ""},
    code_entry{"PLG0004", "a plug-in without descriptor",
               "The symbol mw_plugin exists, but gives nothing that this SDK knows. Only MW_PLUGIN "
               "may define it.",
               "", ""},
    code_entry{"PLG0005", "a plug-in for another SDK",
               "Plug-ins and node share C++ interfaces, so both have to be built against the same "
               "ABI number of the SDK. Rebuild the plug-in.",
               "", ""},
    code_entry{"PLG0006", "a plug-in from another compiler",
               "C++ objects cross the border between node and plug-in; that needs the same "
               "compiler ABI and the same sanitizers on both sides.",
               "", ""},
    code_entry{
        "PLG0007", "a library under a wrong name",
        "A library is named after its type, so that `use:` finds it without opening every file.",
        "", ""},
    code_entry{"PLG0008", "a plug-in that cannot describe itself",
               "describe() threw. It only declares what the plug-in provides, uses, publishes and "
               "subscribes, and has no reason to fail.",
               "", ""},
};

}  // namespace

std::span<const code_entry> plugin_codes() {
  return entries;
}

}  // namespace mw::kernel
