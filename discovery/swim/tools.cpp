// tools: each asks the admin pages of a running node and prints what it says.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "wire/keyring.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

namespace {

constexpr int done = 0;
constexpr int not_so = 1;
constexpr int wrong_arguments = 2;

using words = std::span<const std::string_view>;

int refuse(tool_io& io, std::string_view verb, const std::string& why) {
  io.complain("mw " + std::string(verb) + ": " + why + "; try `mw " + std::string(verb) +
              " --help`\n");
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
    out += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

// Flags that all verbs here know, taken out of the arguments.
struct common {
  std::string prefix;  // of the pages
  std::vector<std::string_view> rest;
  bool fine = true;
};

common take_common(words arguments) {
  common out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] != "--stanza") {
      out.rest.push_back(arguments[i]);
    } else if (i + 1 == arguments.size()) {
      out.fine = false;
    } else {
      const std::string name(arguments[++i]);
      out.prefix = name == "swim" ? "" : "/" + name;
    }
  }
  return out;
}

// The value behind `flag`, which both leave the list; nothing when it is not there.
std::optional<std::string> take_value(std::vector<std::string_view>& rest, std::string_view flag) {
  const auto at = std::find(rest.begin(), rest.end(), flag);
  if (at == rest.end() || at + 1 == rest.end()) return std::nullopt;
  std::string value(*(at + 1));
  rest.erase(at, at + 2);
  return value;
}

bool take_flag(std::vector<std::string_view>& rest, std::string_view flag) {
  const auto at = std::find(rest.begin(), rest.end(), flag);
  if (at == rest.end()) return false;
  rest.erase(at);
  return true;
}

// Asks for the text that people read, or for JSON, and prints it.
int show(tool_io& io, std::string path, std::string_view body) {
  if (!io.json()) path += path.find('?') == std::string::npos ? "?text=1" : "&text=1";
  const auto answer = io.ask(path, body);
  if (!answer) {
    io.complain("mw: " + answer.error().text() + "\n");
    return not_so;
  }
  if (answer->status == 409) {  // some members have not done it
    io.print(answer->body);
    return not_so;
  }
  if (answer->status != 200) {
    io.complain("mw: the node refused: " + answer->body + "\n");
    return not_so;
  }
  io.print(answer->body);
  if (!answer->body.ends_with('\n')) io.print("\n");
  return done;
}

constexpr std::string_view act = "{}";  // any body makes it an action

int run_members(words arguments, tool_io& io) {
  common c = take_common(arguments);
  const bool verbose = take_flag(c.rest, "-v") || take_flag(c.rest, "--verbose");
  if (!c.fine || !c.rest.empty()) return refuse(io, "members", "it takes -v and --stanza NAME");
  return show(io, c.prefix + "/members" + (verbose ? "?verbose=1" : ""), {});
}

int run_event(words arguments, tool_io& io) {
  common c = take_common(arguments);
  const bool each = take_flag(c.rest, "--no-coalesce");
  if (!c.fine || c.rest.empty() || c.rest.size() > 2)
    return refuse(io, "event", "it takes a name and perhaps a payload");
  std::string path = c.prefix + "/swim/event?name=" + escaped(c.rest[0]);
  if (c.rest.size() == 2) path += "&payload=" + escaped(c.rest[1]);
  if (each) path += "&coalesce=0";
  return show(io, path, act);
}

int run_query(words arguments, tool_io& io) {
  common c = take_common(arguments);
  std::string filters;
  while (const auto node = take_value(c.rest, "--node")) filters += "&node=" + escaped(*node);
  while (const auto tag = take_value(c.rest, "--tag")) filters += "&tag=" + escaped(*tag);
  if (const auto timeout = take_value(c.rest, "--timeout"))
    filters += "&timeout=" + escaped(*timeout);
  if (!c.fine || c.rest.empty() || c.rest.size() > 2 || c.rest[0].starts_with("-"))
    return refuse(io, "query", "it takes a name and perhaps a payload");
  std::string path = c.prefix + "/swim/query?name=" + escaped(c.rest[0]) + filters;
  if (c.rest.size() == 2) path += "&payload=" + escaped(c.rest[1]);
  return show(io, path, act);
}

int generate_key(tool_io& io, const std::vector<std::string_view>& rest) {
  if (rest.size() > 1) return refuse(io, "keys", "generate takes nothing");
  std::string key(32, '\0');
  io.secure_bytes(std::as_writable_bytes(std::span(key)));
  io.print(io.json() ? "{\"key\":\"" + base64(key) + "\"}\n" : base64(key) + "\n");
  return done;
}

int run_keys(words arguments, tool_io& io) {
  common c = take_common(arguments);
  if (!c.fine || c.rest.empty())
    return refuse(io, "keys", "it takes list, install, use, remove or generate");
  const std::string action(c.rest[0]);
  if (action == "generate") return generate_key(io, c.rest);
  if (action == "list" && c.rest.size() == 1)
    return show(io, c.prefix + "/swim/keys?action=list", act);
  const bool known = action == "install" || action == "use" || action == "remove";
  if (!known || c.rest.size() != 2)
    return refuse(io, "keys", "it takes list, generate, or install, use or remove with a key");
  return show(io, c.prefix + "/swim/keys?action=" + action + "&key=" + escaped(c.rest[1]), act);
}

int run_leave(words arguments, tool_io& io) {
  common c = take_common(arguments);
  const bool prune = take_flag(c.rest, "--prune");
  if (!c.fine || c.rest.size() > 1 || (prune && c.rest.empty()))
    return refuse(io, "leave", "it takes nothing, or the name of a failed member");
  std::string path = c.prefix + "/swim/leave";
  if (!c.rest.empty()) path += "?name=" + escaped(c.rest[0]) + (prune ? "&prune=1" : "");
  return show(io, path, act);
}

// The text behind "key": in a flat object whose texts have few escapes.
std::string field_of(std::string_view json, std::string_view key) {
  const std::string mark = "\"" + std::string(key) + "\":\"";
  std::size_t at = json.find(mark);
  if (at == std::string_view::npos) return {};
  std::string out;
  for (at += mark.size(); at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\' && at + 1 < json.size()) ++at;
    out += json[at];
  }
  return out;
}

struct following {
  tool_io& io;
  std::vector<std::string> kinds;  // empty: all
  std::uint64_t left;              // zero: no end
};

bool show_event(void* context, std::string_view event, std::string_view data) {
  auto& f = *static_cast<following*>(context);
  const bool wanted =
      f.kinds.empty() || std::find(f.kinds.begin(), f.kinds.end(), event) != f.kinds.end();
  if (!wanted) return true;
  if (f.io.json()) {
    f.io.print(std::string(data) + "\n");
  } else {
    std::string line = field_of(data, "at") + "  " + std::string(event);
    line.resize(std::max<std::size_t>(line.size(), 36), ' ');
    f.io.print(line + "  " + field_of(data, "node") + "  " + field_of(data, "text") + "  " +
               field_of(data, "payload") + "\n");
  }
  return f.left == 0 || --f.left > 0;
}

int run_events(words arguments, tool_io& io) {
  common c = take_common(arguments);
  following f{io, {}, 0};
  if (const auto filter = take_value(c.rest, "--filter")) {
    std::string_view rest = *filter;
    while (!rest.empty()) {
      const std::size_t comma = rest.find(',');
      f.kinds.emplace_back(rest.substr(0, comma));
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
  }
  if (const auto count = take_value(c.rest, "--count")) {
    for (const char digit : *count)
      f.left = digit < '0' || digit > '9' ? 0 : f.left * 10 + static_cast<unsigned>(digit - '0');
    if (f.left == 0) return refuse(io, "events", "--count takes a number from 1 on");
  }
  if (!c.fine || !c.rest.empty())
    return refuse(io, "events", "it takes --filter KINDS, --count N and --stanza NAME");
  const status outcome = io.follow(c.prefix + "/swim/events", &show_event, &f);
  if (outcome) return done;
  io.complain("mw: " + outcome.error().text() + "\n");
  return not_so;
}

constexpr std::array<tool, 6> verbs{
    tool{"members", "the members as a running node sees them",
         "mw members [-v] [--stanza NAME]\n\n"
         "A line for each member: name, address, state, tags. States: alive, suspect, leaving,\n"
         "failed, left.\n\n"
         "  -v, --verbose   incarnation, time in this state, estimated round trip in ms, and "
         "health:\n"
         "                  the lowest score (0 to 1) of all who speak about it, then who says "
         "what\n"
         "  --stanza NAME   the discovery.swim stanza to ask, when it is not named swim\n\n"
         "example: mw members -v --admin 127.0.0.1:7481\n",
         &run_members},
    tool{"events", "what happens to members, as it happens",
         "mw events [--filter KINDS] [--count N] [--stanza NAME]\n\n"
         "First what the node remembers, then what happens, until Ctrl-C.\n\n"
         "  --filter KINDS  some of up, suspect, down, leaving, left, changed, forgotten, "
         "conflict,\n"
         "                  event, query, keys; separated by commas\n"
         "  --count N       end after N lines\n"
         "  --stanza NAME   the discovery.swim stanza to ask, when it is not named swim\n\n"
         "example: mw events --filter suspect,down --admin 127.0.0.1:7481\n",
         &run_events},
    tool{"event", "send a user event to all members",
         "mw event NAME [PAYLOAD] [--no-coalesce] [--stanza NAME]\n\n"
         "Name and payload have at most 512 bytes together.\n\n"
         "  --no-coalesce   receivers shall not merge it with others of its name\n"
         "  --stanza NAME   the discovery.swim stanza to ask, when it is not named swim\n\n"
         "example: mw event deploy v2.1\n",
         &run_event},
    tool{"query", "ask all members, or some, and gather their answers",
         "mw query NAME [PAYLOAD] [--node NAME]... [--tag KEY=PATTERN]... [--timeout DURATION]\n"
         "         [--stanza NAME]\n\n"
         "  --node NAME         only these members\n"
         "  --tag KEY=PATTERN   only members whose tag matches the pattern\n"
         "  --timeout DURATION  how long answers are gathered; default: by number of members\n"
         "  --stanza NAME       the discovery.swim stanza to ask, when it is not named swim\n\n"
         "example: mw query who? --tag role=web --timeout 2s\n",
         &run_query},
    tool{
        "keys", "the keys of encrypted gossip: list, install, use, remove, generate",
        "mw keys list | install KEY | use KEY | remove KEY | generate  [--stanza NAME]\n\n"
        "Rotation: generate a key; install it; when all members have it, use it; when all use it,\n"
        "remove the old one. Exit code 1 while some member has not done what was asked: say it\n"
        "again. KEY is base64 of 16, 24 or 32 bytes.\n\n"
        "  --stanza NAME   the discovery.swim stanza to ask, when it is not named swim\n\n"
        "example: mw keys install \"$(mw keys generate)\"\n",
        &run_keys},
    tool{"leave", "leave the cluster in good order, or end a failed member",
         "mw leave [NAME] [--prune] [--stanza NAME]\n\n"
         "Without a name the node that is asked leaves; it goes on running. With the name of a\n"
         "failed member, that one counts as left.\n\n"
         "  --prune         forget the failed member altogether\n"
         "  --stanza NAME   the discovery.swim stanza to ask, when it is not named swim\n\n"
         "example: mw leave n3 --prune\n",
         &run_leave},
};

}  // namespace

std::span<const tool> tools() {
  return verbs;
}

}  // namespace mw::swim
