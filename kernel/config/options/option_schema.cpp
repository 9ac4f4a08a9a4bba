// option_schema: options as JSON Schema, for editors that complete and check YAML.
// SPDX-License-Identifier: Apache-2.0
#include "option_doc.h"
#include "option_text.h"

namespace mw::kernel {
namespace {

// `${VARIABLE}` may stand for any scalar.
constexpr std::string_view variable_pattern = R"(\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\})";

// The text forms of <mw/types.h> as regular expressions of ECMA 262.
std::string_view pattern_of(option_kind kind) {
  switch (kind) {
    case option_kind::time_span:
      return R"([0-9]+(\.[0-9]*)?(ns|us|ms|s|min|h|d)|0)";
    case option_kind::byte_size:
      return R"([0-9]+(\.[0-9]*)?(B|kB|MB|GB|KiB|MiB|GiB)|0)";
    case option_kind::rate:
      return R"([0-9]+(\.[0-9]*)?/(s|min|h)|0)";
    case option_kind::range:
      return R"([0-9]+(\.\.[0-9]+)?)";
    case option_kind::endpoint:
      return R"(unix:.+|\[[0-9A-Za-z:.%_-]+\]:[0-9]+|[0-9A-Za-z._-]+:[0-9]+)";
    default:
      return {};
  }
}

void write_pattern(json_writer& out, std::string_view pattern) {
  out.key("pattern").value("^(" + std::string(pattern) + "|.*" + std::string(variable_pattern) +
                           ".*)$");
}

void write_number(json_writer& out, const option_info& option) {
  const bool whole = option.type->kind != option_kind::real;
  // Either the number or a text with a variable in it.
  out.key("type").begin_array().value(whole ? "integer" : "number").value("string").end_array();
  if (option.low)
    out.key("minimum").raw(limit_text(option.type->kind, *option.low));
  else if (option.type->kind == option_kind::natural)
    out.key("minimum").value(0);
  if (option.high) out.key("maximum").raw(limit_text(option.type->kind, *option.high));
  out.key("pattern").value(".*" + std::string(variable_pattern) + ".*");
}

void write_secret(json_writer& out) {
  out.key("anyOf").begin_array();
  out.begin_object().key("type").value("string");
  out.key("pattern").value("^(file:.+|" + std::string(variable_pattern) + ")$").end_object();
  out.begin_object().key("type").value("object");
  out.key("properties").begin_object().key("file").begin_object().key("type").value("string");
  out.end_object().end_object();
  out.key("required").begin_array().value("file").end_array();
  out.key("additionalProperties").value(false).end_object();
  out.end_array();
}

void write_choice(json_writer& out, const option_info& option) {
  out.key("anyOf").begin_array();
  out.begin_object().key("enum").begin_array();
  for (const std::string_view choice : option.type->choices) out.value(choice);
  out.end_array().end_object();
  out.begin_object().key("type").value("string");
  out.key("pattern").value(variable_pattern).end_object().end_array();
}

void write_container(json_writer& out, const option_info& option) {
  const bool list = option.type->kind == option_kind::list;
  out.key("type").value(list ? "array" : "object");
  out.key(list ? "items" : "additionalProperties");
  write_option_schema(out, option.children.front());
}

void write_maybe(json_writer& out, const option_info& option) {
  out.key("anyOf").begin_array();
  out.begin_object().key("type").value("null").end_object();
  write_option_schema(out, option.children.front());
  out.end_array();
}

void write_type(json_writer& out, const option_info& option) {
  switch (option.type->kind) {
    case option_kind::boolean:
      out.key("type").begin_array().value("boolean").value("string").end_array();
      out.key("pattern").value(".*" + std::string(variable_pattern) + ".*");
      return;
    case option_kind::integer:
    case option_kind::natural:
    case option_kind::real:
      return write_number(out, option);
    case option_kind::secret:
      return write_secret(out);
    case option_kind::choice:
      return write_choice(out, option);
    case option_kind::list:
    case option_kind::map:
      return write_container(out, option);
    case option_kind::maybe:
      return write_maybe(out, option);
    case option_kind::group:
      out.key("type").value("object");
      return write_options_schema(out, option.children);
    case option_kind::range:
      // `4` alone is a range too, and YAML takes it for a number.
      out.key("type").begin_array().value("string").value("integer").end_array();
      return write_pattern(out, pattern_of(option.type->kind));
    case option_kind::text:
      // Plain `yes` or `7` is text for us, whatever the editor takes it for.
      out.key("type").begin_array().value("string").value("number").value("boolean").end_array();
      return;
    case option_kind::path:
      out.key("type").value("string");
      return;
    case option_kind::endpoint:
      out.key("type").value("string");
      return write_pattern(out, pattern_of(option.type->kind));
    default:
      // A zero needs no unit, and YAML takes it for a number.
      out.key("type").begin_array().value("string").value("integer").end_array();
      out.key("minimum").value(0).key("maximum").value(0);
      write_pattern(out, pattern_of(option.type->kind));
  }
}

std::string description(const option_info& option) {
  std::string out = option.doc;
  if (!option.expected.empty())
    out += (out.empty() ? "" : " ") + std::string("Takes ") + option.expected + ".";
  return out;
}

}  // namespace

void write_option_schema(json_writer& out, const option_info& option) {
  out.begin_object();
  const std::string text = description(option);
  if (!text.empty()) out.key("description").value(text);
  write_type(out, option);
  if (!option.default_json.empty()) out.key("default").raw(option.default_json);
  out.end_object();
}

void write_options_schema(json_writer& out, const std::vector<option_info>& options,
                          const function<void()>& more) {
  out.key("properties").begin_object();
  for (const option_info& option : options) {
    out.key(option.name);
    write_option_schema(out, option);
  }
  if (more) more();
  out.end_object();
  out.key("required").begin_array();
  for (const option_info& option : options) {
    if (option.required) out.value(option.name);
  }
  out.end_array();
  out.key("additionalProperties").value(false);
}

}  // namespace mw::kernel
