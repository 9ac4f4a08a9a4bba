// option_doc: options as help text, as JSON Schema, and as effective values with their origin.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "option_info.h"
#include "option_reader.h"

#include <mw/function.h>
#include <mw/toolkit/json_writer.h>

#include <span>
#include <string>
#include <vector>

namespace mw::kernel {

// For `mw explain`: one paragraph an option: name, what it takes, default, doc.
[[nodiscard]] std::string render_option_docs(const std::vector<option_info>& options);
[[nodiscard]] std::string render_option(const option_info& option);

// The JSON Schema (draft 2020-12) of one value.
void write_option_schema(json_writer& out, const option_info& option);

// The members "properties", "required" and "additionalProperties" of an object schema that is open
// in `out`. `more` writes the properties of keys that are no options, such as slots.
void write_options_schema(json_writer& out, const std::vector<option_info>& options,
                          const function<void()>& more = nullptr);

// Effective values as aligned text with their origin, or as a JSON array.
[[nodiscard]] std::string render_values(std::span<const effective_value> values,
                                        const source_set& sources);
[[nodiscard]] std::string render_values_json(std::span<const effective_value> values,
                                             const source_set& sources);

}  // namespace mw::kernel
