// plugin_text: what a plug-in declares, as text and as JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/options/option_info.h"
#include "loader/loader.h"

#include <mw/toolkit/json_writer.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel::cli {

[[nodiscard]] std::string_view name_of(plugin_stability stability);
[[nodiscard]] std::string_view name_of(plugin_trust trust);

// "{ordered, max_frame 16384}", or an empty text.
[[nodiscard]] std::string text_of(const capabilities& all);

[[nodiscard]] std::vector<option_info> options_of(const loaded_plugin& plugin);

// Name, version, summary, contracts and events: a paragraph.
[[nodiscard]] std::string plugin_paragraph(const loaded_plugin& plugin, bool color);
// The same with the docs of its slots, events and options.
[[nodiscard]] std::string plugin_page(const loaded_plugin& plugin, bool color);

void write_plugin(json_writer& out, const loaded_plugin& plugin, bool with_options);
void write_option(json_writer& out, const option_info& option);
void write_event(json_writer& out, const event_type& event);

// Topic, doc and fields of an event.
[[nodiscard]] std::string describe_event(const event_type& event, bool color);

}  // namespace mw::kernel::cli
