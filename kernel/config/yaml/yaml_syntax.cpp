// yaml_syntax: the common causes first (quotes, brackets, `${}`), then a sentence per complaint.
// SPDX-License-Identifier: Apache-2.0
#include "yaml_syntax.h"

#include "yaml_text.h"

#include <algorithm>
#include <array>

namespace mw::kernel {
namespace {

struct complaint {
  std::string_view parser_says;  // A part of the parser's text.
  std::string_view code;
  std::string_view message;
  std::string_view help;
};

constexpr std::string_view indentation_help = "indent it like its neighbours";

constexpr std::array complaints{
    complaint{"end of map not found", "CFG0004", "this does not fit into the map above",
              indentation_help},
    complaint{"end of sequence not found", "CFG0004", "this does not fit into the list above",
              indentation_help},
    complaint{
        "illegal map value", "CFG0004", "':' is not expected here",
        "put a value that contains ': ' in quotes; a key has to be indented like its neighbours"},
    complaint{"illegal block entry", "CFG0004", "'-' is not expected here",
              "begin a list on a line of its own, below its key"},
    complaint{"illegal map key", "CFG0004", "a key is not expected here", indentation_help},
    complaint{"illegal flow end", "CFG0007", "this bracket closes nothing", "remove it"},
    complaint{"unknown escape", "CFG0004", "this escape does not exist in double quotes",
              R"(write "\\" for a backslash, or use single quotes)"},
    complaint{"hex number", "CFG0004", "this escape needs hexadecimal digits", ""},
    complaint{"invalid unicode", "CFG0004", "this escape is not a character", ""},
    complaint{"anchor is not defined", "CFG0015", "this alias names no anchor",
              "a value that starts with '*' has to be in quotes"},
    complaint{"tab", "CFG0005", "a tab in the indentation", "use spaces"},
    complaint{"tag", "CFG0013", "tags are not supported", "remove it"},
    complaint{"anchor", "CFG0004", "this anchor cannot be read",
              "a value that starts with '&' has to be in quotes"},
    complaint{"block scalar", "CFG0004", "this block header cannot be read",
              "write '|' or '>' alone"},
};

// The first quote that opens a value at or after `from`, for complaints that come at the end.
std::size_t find_open_quote(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); ++i) {
    const bool starts_value =
        i == 0 || std::string_view(" \t\n[{,").find(text[i - 1]) != std::string_view::npos;
    if (!starts_value || (text[i] != '"' && text[i] != '\'')) continue;
    const std::size_t end = closing_quote(text, i);
    if (end == std::string_view::npos || rest_of_line(text, i).size() < end - i) return i;
    i = end - 1;
  }
  return std::string_view::npos;
}

bool report_open_quote(std::string_view text, yaml_builder& builder, diagnostics& found) {
  const std::size_t quote = find_open_quote(text, builder.parsed_until());
  if (quote == std::string_view::npos) return false;
  found.error("CFG0006", builder.locate().at(quote, 1), "this quote is not closed on its line")
      .expecting(std::string("a closing ") + text[quote]);
  return true;
}

// In `{ port: ${PORT} }` the inner braces are YAML's own: the commonest mistake with variables.
bool report_bare_variable(std::size_t offset, std::string_view text, yaml_builder& builder,
                          diagnostics& found) {
  if (offset == 0 || offset >= text.size() || text[offset] != '{' || text[offset - 1] != '$')
    return false;
  const std::size_t end = std::min(text.find('}', offset), text.size());
  const std::string written(text.substr(offset - 1, end + 1 - (offset - 1)));
  found
      .error("CFG0008", builder.locate().at(offset - 1, written.size()),
             "inside braces a ${VARIABLE} has to be in quotes")
      .suggesting("\"" + written + "\"");
  return true;
}

bool report_bracket(std::string_view what, std::size_t offset, std::string_view text,
                    yaml_builder& builder, diagnostics& found) {
  const auto open = builder.innermost_bracket();
  if (!open || what.find("flow not found") == std::string_view::npos) return false;
  const char closing = open->bracket == '{' ? '}' : ']';
  const span opened = builder.locate().at(open->offset, 1);
  const bool at_end = text.find_first_not_of(" \t\n", offset) == std::string_view::npos;
  const std::string message = std::string("'") + open->bracket + "' is not closed";
  if (at_end) {
    found.error("CFG0007", opened, message).expecting(std::string("a closing ") + closing);
  } else {
    found.error("CFG0007", builder.locate().at(offset, 1), message + " before this")
        .expecting(std::string("',' or '") + closing + "'")
        .noting("it is opened here", opened);
  }
  return true;
}

// The parser stops behind an escape that it does not know; people look for the backslash.
std::size_t place_of(std::string_view what, std::size_t offset, std::string_view text) {
  const bool escape = what.find("escape") != std::string_view::npos ||
                      what.find("hex number") != std::string_view::npos ||
                      what.find("unicode") != std::string_view::npos;
  const std::size_t backslash = escape ? text.rfind('\\', offset) : std::string_view::npos;
  return backslash == std::string_view::npos ? offset : backslash;
}

bool report_bad_start(std::string_view what, std::size_t offset, std::string_view text,
                      yaml_builder& builder, diagnostics& found) {
  if (what.find("unknown token") == std::string_view::npos || offset >= text.size()) return false;
  found
      .error("CFG0008", builder.locate().at(offset, 1),
             std::string("a value cannot start with '") + text[offset] + "'")
      .helping("put it in quotes");
  return true;
}

}  // namespace

void report_syntax_error(std::string_view what, std::size_t offset, std::string_view text,
                         yaml_builder& builder, diagnostics& found) {
  if (report_bare_variable(offset, text, builder, found)) return;
  if (what.find("in scalar") != std::string_view::npos && report_open_quote(text, builder, found))
    return;
  if (report_bracket(what, offset, text, builder, found)) return;
  if (report_bad_start(what, offset, text, builder, found)) return;
  const auto known = std::find_if(complaints.begin(), complaints.end(), [&](const complaint& c) {
    return what.find(c.parser_says) != std::string_view::npos;
  });
  offset = place_of(what, offset, text);
  const std::size_t length = offset < text.size() ? 1 : 0;
  const span where = builder.locate().at(offset, length);
  if (known == complaints.end()) {
    found.error("CFG0004", where, "this is not valid YAML")
        .helping("check the indentation and the quotes");
    return;
  }
  found.error(known->code, where, std::string(known->message)).helping(std::string(known->help));
}

}  // namespace mw::kernel
