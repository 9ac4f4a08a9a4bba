// explain: finds what a name means: a code, a section, a plug-in, an option, an event, a contract.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "installed.h"

#include <optional>
#include <string>
#include <string_view>

namespace mw::kernel::cli {

struct explanation {
  std::string text;
  std::string json;  // one object with its "kind"
};

// Nothing when no such name is known.
[[nodiscard]] std::optional<explanation> explain(std::string_view name,
                                                 const installed_plugins& installed, bool color);

// The known name that a wrong one probably meant, or an empty text.
[[nodiscard]] std::string nearest_name(std::string_view name, const installed_plugins& installed);

// Every name that explain() answers, sorted, without the options of plug-ins; for completion.
[[nodiscard]] std::vector<std::string> explained_names(const installed_plugins& installed);

}  // namespace mw::kernel::cli
