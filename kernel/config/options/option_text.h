// option_text: option values, limits and types as YAML text, as JSON and in words.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/options.h>
#include <mw/toolkit/json_writer.h>

#include <string>

namespace mw::kernel {

// A value in the flow form of YAML: `16MiB`, `[a, b]`, `{k: 1}`. Secrets read "(hidden)".
[[nodiscard]] std::string option_yaml(const option_type& type, const void* value);

// The same as JSON. Durations, sizes and the like stay text, as the YAML has them.
void option_json(json_writer& out, const option_type& type, const void* value);

// A limit in the unit of its type: 250ms, 16MiB, 100/s, 64.
[[nodiscard]] std::string limit_text(option_kind kind, double limit);

// "a duration from 1ms to 10s", "lan, wan or local", "a list of endpoints".
[[nodiscard]] std::string expected_text(const option_type& type, const field_meta& meta);

// "a duration", "an endpoint".
[[nodiscard]] std::string with_article(std::string_view noun);

}  // namespace mw::kernel
