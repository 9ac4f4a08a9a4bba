// tools: `mw checks` asks the pages of a running node.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace mw::checks {

namespace {

constexpr int done = 0;
constexpr int not_so = 1;
constexpr int wrong_arguments = 2;

int refuse(tool_io& io, const std::string& why) {
  io.complain("mw checks: " + why + "; try `mw checks --help`\n");
  return wrong_arguments;
}

std::string escaped(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

// Takes the flag and its value out. False: the flag has no value.
bool take_value(std::vector<std::string_view>& from, std::string_view flag, std::string& into) {
  const auto at = std::find(from.begin(), from.end(), flag);
  if (at == from.end()) return true;
  if (at + 1 == from.end()) return false;
  into = *(at + 1);
  from.erase(at, at + 2);
  return true;
}

int show(tool_io& io, std::string path, std::string_view body) {
  if (!io.json()) path += path.find('?') == std::string::npos ? "?text=1" : "&text=1";
  const auto answer = io.ask(path, body);
  if (!answer) {
    io.complain("mw checks: " + answer.error().text() + "\n");
    return not_so;
  }
  if (answer->status != 200) {
    io.complain("mw checks: the node refused: " + answer->body + "\n");
    return not_so;
  }
  io.print(answer->body);
  if (!answer->body.ends_with('\n')) io.print("\n");
  return done;
}

int run_checks(std::span<const std::string_view> arguments, tool_io& io) {
  std::vector<std::string_view> rest(arguments.begin(), arguments.end());
  std::string stanza = "checks";
  std::string subject;
  std::string output;
  if (!take_value(rest, "--stanza", stanza) || !take_value(rest, "--subject", subject) ||
      !take_value(rest, "--output", output))
    return refuse(io, "--stanza, --subject and --output take a value");
  const std::string page = "/checks/" + escaped(stanza);
  if (rest.empty() || (rest.size() == 1 && rest[0] == "list")) {
    if (!subject.empty() || !output.empty())
      return refuse(io, "--subject and --output belong to push");
    return show(io, page, {});
  }
  if (rest[0] != "push" || rest.size() != 3)
    return refuse(io, "it takes list, or push with a name and a verdict");
  if (rest[2] != "pass" && rest[2] != "warn" && rest[2] != "fail")
    return refuse(io, "'" + std::string(rest[2]) + "' is no verdict: pass, warn or fail");
  std::string path = page + "/push?check=" + escaped(rest[1]) + "&verdict=" + std::string(rest[2]);
  if (!subject.empty()) path += "&subject=" + escaped(subject);
  if (!output.empty()) path += "&output=" + escaped(output);
  return show(io, path, "{}");  // any body makes it an action
}

constexpr std::array<tool, 1> verbs{
    tool{"checks", "active checks: what they found; push a verdict",
         "mw checks [list] [--stanza NAME]\n"
         "mw checks push CHECK pass|warn|fail [--subject NAME] [--output TEXT] [--stanza NAME]\n\n"
         "list: scores of subjects, then a line for each check: subject, name, level, since when,\n"
         "what its last look said. push: a verdict for a check of kind ttl.\n\n"
         "  --subject NAME  whose check, where several have it\n"
         "  --output TEXT   a sentence for people, at most 4 KiB\n"
         "  --stanza NAME   the discovery.checks stanza to ask, when it is not named checks\n\n"
         "example: mw checks push backup pass --output \"12 GB in 3 min\"\n",
         &run_checks}};

}  // namespace

std::span<const tool> tools() {
  return verbs;
}

}  // namespace mw::checks
