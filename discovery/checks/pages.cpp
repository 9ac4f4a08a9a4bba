// pages: JSON, or a table with text=1.
// SPDX-License-Identifier: Apache-2.0
#include "pages.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>

namespace mw::checks {

namespace {

constexpr std::size_t lines_max = 1000;
constexpr std::size_t output_column_max = 100;

// Outputs come from strangers: nothing in them may move a terminal's cursor.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, output_column_max));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = ' ';
  return out;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text + "  ";
}

std::string as_text(const std::vector<subject_view>& subjects,
                    const std::vector<check_view>& checks) {
  std::size_t subject_width = 7;
  std::size_t name_width = 5;
  for (const check_view& one : checks) {
    subject_width = std::max(subject_width, one.subject.size());
    name_width = std::max(name_width, one.name.size());
  }
  std::string out;
  std::size_t lines = 0;
  for (const subject_view& one : subjects) {
    if (++lines > lines_max) break;
    out += padded(printable(one.subject), subject_width) + "score " +
           std::to_string(one.score).substr(0, 4) + "  " + printable(one.reason) + "\n";
  }
  for (const check_view& one : checks) {
    if (++lines > lines_max) break;
    out += padded(printable(one.subject), subject_width) + padded(one.name, name_width) +
           padded(std::string(to_string(one.level)), 8) +
           padded(to_string(one.since / 1s * 1s), 6) + printable(one.output) + "\n";
  }
  return out;
}

std::string as_json(const std::vector<subject_view>& subjects,
                    const std::vector<check_view>& checks) {
  json_writer out;
  std::size_t lines = 0;
  out.begin_object().key("subjects").begin_array();
  for (const subject_view& one : subjects) {
    if (++lines > lines_max) break;
    out.begin_object().key("subject").value(one.subject).key("score").value(one.score);
    out.key("reason").value(one.reason).end_object();
  }
  out.end_array().key("checks").begin_array();
  for (const check_view& one : checks) {
    if (++lines > lines_max) break;
    out.begin_object().key("check").value(one.name).key("subject").value(one.subject);
    out.key("level").value(to_string(one.level)).key("weight").value(one.weight);
    out.key("critical").value(one.decisive).key("runs").value(one.runs);
    if (one.runs > 0) out.key("last").value(to_string(one.last));
    out.key("for_seconds").value(one.since / 1s).key("output").value(one.output).end_object();
  }
  return out.end_array().end_object().take();
}

}  // namespace

admin_response list_page(const health_checks& of, const admin_request& request) {
  if (request.parameter("text").empty()) return {.body = as_json(of.subjects(), of.checks())};
  return {.content_type = "text/plain", .body = as_text(of.subjects(), of.checks())};
}

admin_response push_page(health_checks& to, const admin_request& request) {
  const std::string_view said = request.parameter("verdict");
  pushed_verdict what;
  what.check = request.parameter("check");
  what.subject = request.parameter("subject");
  what.output = request.parameter("output");
  if (said == "warn") {
    what.verdict = check_verdict::warn;
  } else if (said == "fail") {
    what.verdict = check_verdict::fail;
  } else if (said != "pass") {
    return admin_failure({errc::invalid,
                          "verdict: wants pass, warn or fail, for example "
                          "?check=backup&verdict=pass&output=done"});
  }
  if (const status done = to.push(what); !done) return admin_failure(done.error());
  if (!request.parameter("text").empty()) return {.content_type = "text/plain", .body = "done\n"};
  return {.body = R"({"done":true})"};
}

}  // namespace mw::checks
