// pages: what the admin page and the tools show of a set. Never the key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "keeper.h"

#include <mw/toolkit/json_writer.h>

#include <string>

namespace mw::creds {

void write_facts(json_writer& out, const dated& part);                              // an object
void write_problems(json_writer& out, const std::vector<x509::problem>& problems);  // an array
[[nodiscard]] std::string page_of(const keeper& from, std::string_view name);
[[nodiscard]] std::string reload_answer(const keeper& from, look outcome);

}  // namespace mw::creds
