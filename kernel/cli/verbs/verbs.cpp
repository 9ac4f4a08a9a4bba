// verbs: the list of all verbs, in the order in which people meet them.
// SPDX-License-Identifier: Apache-2.0
#include "verbs.h"

#include <algorithm>
#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array<const verb*, 18> verbs{
    &run_verb,     &check_verb,  &graph_verb, &config_verb,     &status_verb, &admin_verb,
    &token_verb,   &call_verb,   &send_verb,  &bench_verb,      &sim_verb,    &plugins_verb,
    &explain_verb, &schema_verb, &new_verb,   &completion_verb, &help_verb,   &version_verb};

}  // namespace

std::span<const verb* const> all_verbs() {
  return verbs;
}

const verb* find_verb(std::string_view name) {
  const auto found =
      std::find_if(verbs.begin(), verbs.end(), [&](const verb* one) { return one->name == name; });
  return found != verbs.end() ? *found : nullptr;
}

std::vector<flag> flags_of(const verb& of) {
  std::vector<flag> all(of.flags.begin(), of.flags.end());
  all.push_back(help_flag);
  return all;
}

}  // namespace mw::kernel::cli
