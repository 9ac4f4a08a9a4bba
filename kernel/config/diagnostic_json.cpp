// diagnostic_json: diagnostics for tools, one JSON object a line.
// SPDX-License-Identifier: Apache-2.0
#include "diagnostic.h"

#include <mw/toolkit/json_writer.h>

namespace mw::kernel {
namespace {

void write_place(json_writer& out, const span& where, const source_set& sources) {
  if (!where.known()) return;
  out.key("file").value(sources.at(where.source).name);
  out.key("line").value(where.line).key("column").value(where.column);
  out.key("length").value(where.length);
}

void write_text(json_writer& out, const char* key, const std::string& text) {
  if (!text.empty()) out.key(key).value(text);
}

std::string object(const diagnostic& item, const source_set& sources) {
  json_writer out;
  out.begin_object().key("code").value(item.code);
  out.key("severity").value(item.level == severity::error ? "error" : "warning");
  write_place(out, item.where, sources);
  write_text(out, "key_path", item.key_path);
  out.key("message").value(item.message);
  write_text(out, "expected", item.expected);
  write_text(out, "suggestion", item.suggestion);
  write_text(out, "help", item.help);
  if (!item.notes.empty()) {
    out.key("notes").begin_array();
    for (const diagnostic_note& note : item.notes) {
      out.begin_object().key("message").value(note.message);
      write_place(out, note.where, sources);
      out.end_object();
    }
    out.end_array();
  }
  return out.end_object().take();
}

}  // namespace

std::string render_json(const diagnostics& found, const source_set& sources) {
  std::string out;
  for (const diagnostic& item : found.sorted()) out += object(item, sources) + "\n";
  if (found.left_out() != 0) {
    json_writer more;
    out += more.begin_object().key("left_out").value(found.left_out()).end_object().take() + "\n";
  }
  return out;
}

}  // namespace mw::kernel
