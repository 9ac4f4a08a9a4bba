// verbs: the constants that describe each verb; see verb.h.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.h"

namespace mw::kernel::cli {

extern const verb admin_verb;
extern const verb bench_verb;
extern const verb call_verb;
extern const verb check_verb;
extern const verb completion_verb;
extern const verb config_verb;
extern const verb explain_verb;
extern const verb graph_verb;
extern const verb help_verb;
extern const verb new_verb;
extern const verb plugins_verb;
extern const verb run_verb;
extern const verb schema_verb;
extern const verb send_verb;
extern const verb sim_verb;
extern const verb status_verb;
extern const verb token_verb;
extern const verb version_verb;

}  // namespace mw::kernel::cli
