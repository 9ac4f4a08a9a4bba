// environment: the process environment as a value, so that nothing here reads globals.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>

namespace mw::kernel {

// Variable names and values. The program fills it once from its environment; tests write their own.
using environment = std::map<std::string, std::string, std::less<>>;

}  // namespace mw::kernel
