// tools: asks the pages of the node and prints what they say.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "networks/address.h"

#include <optional>
#include <string>

namespace mw::firewall {
namespace {

constexpr int done = 0;
constexpr int not_so = 1;
constexpr int wrong_arguments = 2;

constexpr std::string_view usage =
    "mw firewall [status]                    accounts, bans, refusals, who takes most\n"
    "mw firewall pardon NETWORK              lets an address or a network in again\n"
    "mw firewall ban NETWORK [--for TIME]    keeps it out for a time, 1s to 30d (default 1h)\n"
    "\n"
    "  --stanza NAME   the stanza that uses security.firewall, unless it is called firewall\n"
    "\n"
    "NETWORK is 192.0.2.7, 10.0.0.0/8, 2001:db8::/32. A ban closes the connections that the\n"
    "network has opened; what shall stay longer belongs into `deny` of the YAML or into its file.\n"
    "\n"
    "Example: mw firewall ban 198.51.100.0/24 --for 30min\n";

struct request {
  std::string_view verb = "status";
  std::string_view network;
  std::string_view how_long;
  std::string_view stanza;
};

result<request> parse(std::span<const std::string_view> arguments) {
  request out;
  std::size_t words = 0;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view word = arguments[i];
    if (word == "--for" || word == "--stanza") {
      if (i + 1 == arguments.size())
        return failure(errc::invalid, std::string(word) + " needs a value");
      (word == "--for" ? out.how_long : out.stanza) = arguments[++i];
    } else if (word.starts_with("-")) {
      return failure(errc::invalid, quoted(word) + " is no flag of mw firewall");
    } else if (words++ == 0) {
      out.verb = word;
    } else if (words == 2) {
      out.network = word;
    } else {
      return failure(errc::invalid, quoted(word) + " is one word too many");
    }
  }
  if (out.verb != "status" && out.verb != "pardon" && out.verb != "ban")
    return failure(errc::invalid, quoted(out.verb) + " is none of status, pardon, ban");
  const bool about_one = out.verb != "status";
  if (about_one && out.network.empty())
    return failure(errc::invalid, "which network? Write 192.0.2.7 or 10.0.0.0/8");
  if (!about_one && !out.network.empty())
    return failure(errc::invalid, quoted(out.network) + " is one word too many");
  if (!out.how_long.empty() && out.verb != "ban")
    return failure(errc::invalid, "--for belongs to ban");
  return out;
}

// For a query: everything but letters, digits and .-_ is escaped.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

// A line for each value of the outermost two levels; JSON of our own pages, nothing else.
std::string readable(std::string_view json) {
  std::string out;
  int depth = 0;
  bool inside = false;
  const auto line = [&] { out += '\n' + std::string(static_cast<std::size_t>(depth) * 2, ' '); };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (inside) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      if (c == '"') inside = false;
      continue;
    }
    const bool flat = depth >= 3;
    if (c == '"') inside = true;
    if (c == '}' || c == ']') {
      --depth;
      if (depth < 2 && !out.empty() && out.back() != '{' && out.back() != '[') line();
    }
    out += c;
    if (c == '{' || c == '[') {
      ++depth;
      const bool empty = i + 1 < json.size() && (json[i + 1] == '}' || json[i + 1] == ']');
      if (depth <= 2 && !empty) line();
    }
    if (c == ':') out += ' ';
    if (c == ',') {
      if (depth <= 2 && !flat)
        line();
      else
        out += ' ';
    }
  }
  return out + "\n";
}

std::string page_of(const request& asked) {
  std::string page;
  if (!asked.stanza.empty() && asked.stanza != "firewall") page = "/" + escaped(asked.stanza);
  page += "/firewall";
  if (asked.verb == "status") return page;
  page += "/" + std::string(asked.verb) + "?address=" + escaped(asked.network);
  if (!asked.how_long.empty()) page += "&for=" + escaped(asked.how_long);
  return page;
}

int run(std::span<const std::string_view> arguments, tool_io& io) {
  const auto asked = parse(arguments);
  if (!asked) {
    io.complain(asked.error().text() + "\n\n" + std::string(usage));
    return wrong_arguments;
  }
  if (!asked->network.empty()) {
    const auto fine = parse_network(asked->network);
    if (!fine) {
      io.complain(fine.error().text() + "\n");
      return wrong_arguments;
    }
  }
  const auto answer = io.ask(page_of(*asked), asked->verb == "status" ? "" : "{}");
  if (!answer) {
    io.complain(answer.error().text() + "\n");
    return not_so;
  }
  if (answer->status != 200) {
    io.complain((answer->status == 404 && asked->verb == "status"
                     ? "the node has no firewall under this name: add a stanza with "
                       "`use: security.firewall`, or give --stanza"
                     : answer->body) +
                "\n");
    return not_so;
  }
  io.print(io.json() ? answer->body + "\n" : readable(answer->body));
  return done;
}

constexpr tool all[] = {
    {"firewall", "who is kept out, who takes most; pardon or ban a network", usage, &run}};

}  // namespace

std::span<const tool> firewall_tools() {
  return all;
}

}  // namespace mw::firewall
