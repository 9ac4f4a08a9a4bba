// report: reads what clients printed, takes medians and ratios, and sets them out.
// SPDX-License-Identifier: Apache-2.0
#include "report.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace mw::bench {
namespace {

bool read_field(std::string_view json, std::string_view name, double& out) {
  const std::string mark = '"' + std::string(name) + "\":";
  const auto at = json.find(mark);
  if (at == std::string_view::npos) return false;
  const char* const end = json.data() + json.size();
  return std::from_chars(json.data() + at + mark.size(), end, out).ec == std::errc();
}

// Three digits that count, whatever the size.
std::string shown(double value) {
  char text[32];
  const int digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

std::string left(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

std::string right(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

std::string bar_text(const line& of, const bar& asked) {
  std::string text = asked.which == bound::at_most ? "<= " : ">= ";
  text += shown(asked.factor);
  if (asked.against == itself) return text + ' ' + std::string(unit_of(of.what));
  text += " x " + std::string(asked.against);
  if (!asked.task.empty()) text += " (" + std::string(asked.task) + ")";
  return text;
}

constexpr std::size_t name_width = 36;
constexpr std::size_t cell_width = 15;

}  // namespace

std::optional<run_result> parse_result(std::string_view json) {
  run_result out;
  double server = 0;
  if (!read_field(json, "messages", out.messages) || !read_field(json, "seconds", out.seconds) ||
      !read_field(json, "bytes", out.bytes) || !read_field(json, "rtt_p50_ns", out.p50_ns) ||
      !read_field(json, "rtt_p99_ns", out.p99_ns) ||
      !read_field(json, "rtt_p999_ns", out.p999_ns) ||
      !read_field(json, "cpu_ns_client", out.cpu_ns) ||
      !read_field(json, "cpu_ns_server", server) || !read_field(json, "extra", out.extra))
    return std::nullopt;
  out.cpu_ns += server;
  return out;
}

double value_of(const run_result& run, figure what) {
  switch (what) {
    case figure::p50:
      return run.p50_ns / 1e3;
    case figure::p99:
      return run.p99_ns / 1e3;
    case figure::p999:
      return run.p999_ns / 1e3;
    case figure::messages:
      return run.seconds == 0 ? 0 : run.messages / run.seconds / 1e3;
    case figure::gigabytes:
      return run.seconds == 0 ? 0 : run.bytes / run.seconds / 1e9;
    case figure::cpu:  // ns for each message are s for each million, times a thousand
      return run.messages == 0 ? 0 : run.cpu_ns / run.messages / 1e3;
    case figure::extra:
      return run.extra / 1024;
    case figure::share:
      return run.extra;
  }
  return 0;
}

series report::cell(std::string_view task, std::string_view program, figure what) const {
  series out{std::string(program), {}};
  const auto at = runs_.find({std::string(task), std::string(program)});
  if (at == runs_.end()) return out;
  for (const run_result& run : at->second) out.rounds.push_back(value_of(run, what));
  return out;
}

std::optional<double> report::value_against(const line& of, const bar& asked) const {
  if (asked.against == itself) return 1;
  const std::string_view where = asked.task.empty() ? of.task : asked.task;
  std::optional<double> found;
  for (const program& one : all_programs()) {
    const bool wanted = asked.against == best_of_peers ? one.library : one.name == asked.against;
    const double value = wanted ? cell(where, one.name, of.what).median() : 0;
    if (value == 0) continue;
    const bool better = !found || (grows(of.what) ? value > *found : value < *found);
    if (better) found = value;
  }
  return found;
}

std::optional<double> report::ratio(const line& of, const bar& asked) const {
  const double own = cell(of.task, ours, of.what).median();
  const std::optional<double> other = value_against(of, asked);
  if (own == 0 || !other) return std::nullopt;
  return own / *other;
}

verdict report::judge(const line& of, const bar& asked) const {
  const std::optional<double> got = ratio(of, asked);
  if (!got) return verdict::unknown;
  const bool met = asked.which == bound::at_most ? *got <= asked.factor : *got >= asked.factor;
  return met ? verdict::met : verdict::missed;
}

bool report::has(const line& of) const {
  return std::any_of(all_programs().begin(), all_programs().end(), [&](const program& one) {
    return !cell(of.task, one.name, of.what).rounds.empty();
  });
}

std::string report::verdict_text(const line& of) const {
  std::string text;
  for (const bar& asked : of.bars) {
    const verdict said = judge(of, asked);
    if (!text.empty()) text += "; ";
    text += bar_text(of, asked) + ": ";
    if (said == verdict::unknown)
      text += "not measured";
    else
      text += (said == verdict::met ? "met, " : "MISSED, ") + shown(*ratio(of, asked));
  }
  return text;
}

// Plain and encrypted programs share names: each once, and only those that were run.
std::vector<std::string_view> report::names() const {
  std::vector<std::string_view> found;
  for (const program& one : all_programs()) {
    const bool ran = std::any_of(runs_.begin(), runs_.end(),
                                 [&one](const auto& run) { return run.first.second == one.name; });
    if (ran && std::find(found.begin(), found.end(), one.name) == found.end())
      found.push_back(one.name);
  }
  return found;
}

std::string report::as_text() const {
  const std::vector<std::string_view> with = names();
  std::string text = left("", name_width) + right("unit", 14);
  for (const std::string_view name : with) text += right(std::string(name), cell_width);
  text += "  bars\n";
  for (const line& one : all_lines()) {
    if (!has(one)) continue;
    text += left(std::string(one.name), name_width) + right(std::string(unit_of(one.what)), 14);
    const double own = cell(one.task, ours, one.what).median();
    for (const std::string_view name : with) {
      const series found = cell(one.task, name, one.what);
      const double value = found.median();
      std::string shows = found.rounds.empty() ? "-" : shown(value);
      char beside[32] = "";
      if (name == ours && !found.rounds.empty())
        std::snprintf(beside, sizeof beside, " +-%.0f%%", found.spread() * 100);
      else if (own != 0 && value != 0)
        std::snprintf(beside, sizeof beside, " (%.2f)", own / value);
      text += right(shows + beside, cell_width);
    }
    text += "  " + verdict_text(one) + "\n";
  }
  return text;
}

std::string report::as_json_lines() const {
  const std::vector<std::string_view> programs = names();
  std::string text;
  for (const line& one : all_lines())
    for (const std::string_view with : programs) {
      const series found = cell(one.task, with, one.what);
      if (found.rounds.empty()) continue;
      json_writer json;
      json.begin_object().key("bench").value("messaging: " + std::string(one.name));
      json.key("variant").value(with).key("value").value(found.median());
      json.key("unit").value(unit_of(one.what)).key("spread").value(found.spread());
      json.key("ratio_to").begin_object();
      for (const std::string_view other : programs) {
        const double value = cell(one.task, other, one.what).median();
        if (value != 0 && other != with) json.key(other).value(found.median() / value);
      }
      json.end_object();
      if (with == ours) {
        json.key("bars").begin_object();
        for (const bar& asked : one.bars) {
          const verdict said = judge(one, asked);
          json.key(bar_text(one, asked));
          said == verdict::unknown ? json.null() : json.value(said == verdict::met);
        }
        json.end_object();
      }
      text += json.end_object().take() + "\n";
    }
  return text;
}

}  // namespace mw::bench
