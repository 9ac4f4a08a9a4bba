// tools: `mw state` asks the admin pages of a running node and prints what it says.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::anti_entropy {

namespace {

constexpr int well = 0;
constexpr int not_so = 1;
constexpr int wrong_arguments = 2;

int refuse(tool_io& io, const std::string& why) {
  io.complain("mw state: " + why + "; try `mw state --help`\n");
  return wrong_arguments;
}

std::string escaped(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
    if (is_plain) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

int show(tool_io& io, std::string path, bool acts) {
  if (!io.json()) path += path.find('?') == std::string::npos ? "?text=1" : "&text=1";
  const auto answer = io.ask(path, acts ? "{}" : "");  // any body makes it an action
  if (!answer) {
    io.complain("mw: " + answer.error().text() + "\n");
    return not_so;
  }
  if (answer->status != 200) {
    io.complain("mw: the node refused: " + answer->body + "\n");
    return not_so;
  }
  io.print(answer->body);
  if (!answer->body.ends_with('\n')) io.print("\n");
  return well;
}

struct request {
  std::string page = "/state";
  std::vector<std::string_view> words;
  bool fine = true;
};

request parse(std::span<const std::string_view> arguments) {
  request out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "--stanza") {
      out.words.push_back(arguments[i]);
    } else if (i + 1 == arguments.size()) {
      out.fine = false;
    } else {
      const std::string name(arguments[++i]);
      out.page = name == "state" ? "/state" : "/state/" + name;
    }
  }
  return out;
}

int run(std::span<const std::string_view> arguments, tool_io& io) {
  const request r = parse(arguments);
  if (!r.fine || r.words.empty()) return refuse(io, "it takes list, get, set, remove or add");
  const std::string_view verb = r.words[0];
  const std::size_t count = r.words.size() - 1;
  if (verb == "list") {
    if (count > 1) return refuse(io, "list takes nothing, or how names begin");
    return show(io, r.page + (count == 1 ? "?prefix=" + escaped(r.words[1]) : ""), false);
  }
  if (verb == "get" && count == 1) return show(io, r.page + "?name=" + escaped(r.words[1]), false);
  if (verb == "get") return refuse(io, "get takes a name");
  if (verb == "set" && count == 2)
    return show(io, r.page + "/set?name=" + escaped(r.words[1]) + "&value=" + escaped(r.words[2]),
                true);
  if (verb == "set") return refuse(io, "set takes a name and a value");
  if (verb == "remove" && count == 1)
    return show(io, r.page + "/remove?name=" + escaped(r.words[1]), true);
  if (verb == "remove") return refuse(io, "remove takes a name");
  if (verb == "add" && (count == 1 || count == 2))
    return show(io,
                r.page + "/add?name=" + escaped(r.words[1]) +
                    "&delta=" + (count == 2 ? escaped(r.words[2]) : "1"),
                true);
  if (verb == "add") return refuse(io, "add takes a name and perhaps a number");
  return refuse(io, "'" + std::string(verb) + "' is not list, get, set, remove or add");
}

constexpr std::array<tool, 1> verbs{tool{
    "state", "the shared state of all nodes: list, get, set, remove, add",
    "mw state list [PREFIX] | get NAME | set NAME VALUE | remove NAME | add NAME [DELTA]\n"
    "         [--stanza NAME]\n\n"
    "Registers hold up to 1 KiB; writes on two nodes at once are both kept and both shown until\n"
    "somebody sets the register again. Counters add up what all nodes added; DELTA is a whole\n"
    "number, default 1, and `add` prints the sum as far as the node that is asked knows it.\n"
    "Names: letters, digits, . _ - and at most 128 bytes. The change reaches the other nodes by\n"
    "itself. Exit code 1 when there is no such entry or the node refused.\n\n"
    "  --stanza NAME   the discovery.anti_entropy stanza to ask, when it is not named state\n\n"
    "example: mw state set feature.search on --admin 127.0.0.1:7481\n",
    &run}};

}  // namespace

std::span<const tool> tools() {
  return verbs;
}

}  // namespace mw::anti_entropy
