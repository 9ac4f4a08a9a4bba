// pages: what people and tools see: subjects, their checks, and a place to push verdicts to.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admin.h>
#include <mw/health_checks.h>

#include <string>
#include <vector>

namespace mw::checks {

[[nodiscard]] admin_response list_page(const health_checks& of, const admin_request& request);
[[nodiscard]] admin_response push_page(health_checks& to, const admin_request& request);

}  // namespace mw::checks
