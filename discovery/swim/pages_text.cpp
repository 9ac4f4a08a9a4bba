// pages_text: columns as wide as what stands in them.
// SPDX-License-Identifier: Apache-2.0
#include "pages_text.h"

#include "core/vivaldi.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>

namespace mw::swim {

namespace {

// Names and tags come from other nodes: nothing in them may move a terminal's cursor.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 32 || c == 127) c = '?';
  return out;
}

std::string in_words(duration d) {
  if (d < 1s) return std::to_string(d / 1ms) + "ms";
  if (d < 2min) return std::to_string(d / 1s) + "s";
  return d < 2h ? std::to_string(d / 1min) + "min" : std::to_string(d / 1h) + "h";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == widths.size()) widths.push_back(0);
      widths[i] = std::max(widths[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] + 2 - row[i].size(), ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
  }
  return out;
}

}  // namespace

std::vector<member_row> member_rows(const agent& of, const health_opinions& health,
                                    time_point now) {
  const engine& core = of.core();
  std::vector<member_row> rows;
  rows.push_back({core.self().name,
                  mw::to_string(core.self().at),
                  core.leaving() ? "leaving" : "alive",
                  true,
                  core.self().incarnation,
                  {},
                  -1,
                  of.own_tags(),
                  {}});
  for (const auto& m : core.members().all()) {
    member_row row{m->name,
                   mw::to_string(m->at),
                   std::string(to_string(m->state)),
                   false,
                   m->incarnation,
                   now - m->changed,
                   -1,
                   talk::decode_tags(m->meta),
                   {}};
    if (row.state == "alive" && of.talker().is_leaving(m->name)) row.state = "leaving";
    if (m->where) row.rtt_ms = 1000 * distance(core.here(), *m->where);
    rows.push_back(std::move(row));
  }
  for (member_row& row : rows)
    if (const auto* said = health.of(row.name)) row.health = *said;
  std::sort(rows.begin(), rows.end(),
            [](const member_row& a, const member_row& b) { return a.name < b.name; });
  return rows;
}

namespace {

// "health 0.30 (phi 0.30: silent for 5s; checks 1.00: all 3 checks pass)"
std::string health_text(const std::vector<health_opinion>& all) {
  const auto number = [](double score) { return std::to_string(score).substr(0, 4); };
  if (all.empty()) return "health 1.00";
  std::string out = "health " + number(all.front().score) + " (";
  for (const health_opinion& one : all)
    out += printable(one.by) + " " + number(one.score) + ": " + printable(one.reason) + "; ";
  out.resize(out.size() - 2);
  return out + ")";
}

}  // namespace

std::string members_text(const std::vector<member_row>& rows, bool verbose) {
  std::vector<std::vector<std::string>> lines;
  for (const member_row& row : rows) {
    std::vector<std::string> cells{printable(row.name) + (row.self ? " *" : ""), row.at, row.state};
    if (verbose) {
      cells.push_back("incarnation " + std::to_string(row.incarnation));
      cells.push_back(row.self ? "" : "for " + in_words(row.since));
      const std::string rtt = std::to_string(row.rtt_ms);
      cells.push_back(row.rtt_ms < 0 ? "" : rtt.substr(0, rtt.find('.') + 3) + " ms");
    }
    std::string tags;
    for (const auto& [key, value] : row.tags)
      tags += (tags.empty() ? "" : ",") + printable(key) + "=" + printable(value);
    cells.push_back(tags);
    if (verbose) cells.push_back(health_text(row.health));
    lines.push_back(std::move(cells));
  }
  return table(lines);
}

key_report report_keys(std::string_view action, std::size_t members, const query_result& outcome) {
  key_report r;
  r.action = action;
  r.members = members;
  for (const auto& [node, payload] : outcome.responses) {
    const auto answer = talk::decode_key_answer(payload);
    if (!answer || !answer->fine) {
      r.failed[node] = answer ? answer->text : "an answer that cannot be understood";
      continue;
    }
    ++r.done;
    for (const std::string& key : answer->keys) ++r.held[base64(key)];
    if (!answer->primary.empty()) ++r.primary[base64(answer->primary)];
  }
  return r;
}

std::string to_text(const key_report& r) {
  std::string out = r.action + ": " + std::to_string(r.done) + " of " + std::to_string(r.members) +
                    " members" + (r.complete() ? "\n" : ", not all of them: say it again\n");
  for (const auto& [node, why] : r.failed)
    out += "  " + printable(node) + ": " + printable(why) + "\n";
  for (const auto& [key, count] : r.held) {
    const auto uses = r.primary.find(key);
    out += "  " + key + "  held by " + std::to_string(count) + ", used by " +
           std::to_string(uses == r.primary.end() ? 0 : uses->second) + "\n";
  }
  return out;
}

std::string to_json(const key_report& r) {
  json_writer out;
  out.begin_object().key("action").value(r.action).key("failed").begin_object();
  for (const auto& [node, why] : r.failed) out.key(node).value(why);
  out.end_object().key("members").value(r.members).key("done").value(r.done);
  out.key("complete").value(r.complete()).key("keys").begin_object();
  for (const auto& [key, count] : r.held) out.key(key).value(count);
  out.end_object().key("primary").begin_object();
  for (const auto& [key, count] : r.primary) out.key(key).value(count);
  return out.end_object().end_object().take();
}

std::string to_text(const query_result& r) {
  std::string out;
  for (const auto& [node, payload] : r.responses)
    out += printable(node) + ": " + printable(payload) + "\n";
  return out + std::to_string(r.acks.size()) + " heard it, " + std::to_string(r.responses.size()) +
         " answered\n";
}

std::string to_json(const query_result& r) {
  json_writer out;
  out.begin_object().key("acks").begin_array();
  for (const std::string& one : r.acks) out.value(one);
  out.end_array().key("responses").begin_object();
  for (const auto& [node, payload] : r.responses) out.key(node).value(payload);
  return out.end_object().end_object().take();
}

}  // namespace mw::swim
