// tools: looking them up costs loading the libraries once, as `mw plugins` does.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "cli/http/node_client.h"
#include "tool_host.h"

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace mw::kernel::cli {
namespace {

constexpr flag timeout_flag{"--timeout", "DURATION", "How long to wait for an answer. Default 5s."};
// What every tool takes; the rest of the words is its own business.
constexpr std::array ours{json_flag, admin_flag, node_file_flag, token_file_flag, ca_flag,
                          cert_flag, key_flag,   timeout_flag,   plugin_path_flag};

const flag* find_flag(std::string_view word) {
  word = word.substr(0, word.find('='));
  const auto* const found =
      std::find_if(ours.begin(), ours.end(), [&](const flag& f) { return f.name == word; });
  return found != ours.end() ? found : nullptr;
}

std::string help_of(const found_tool& of, bool color) {
  std::string text(of.what->usage);
  if (!text.ends_with('\n')) text += '\n';
  text += "\n" + bold("Flags of every tool", color) + "\n";
  for (const flag& one : ours) {
    const std::string label =
        std::string(one.name) + (one.value.empty() ? "" : " " + std::string(one.value));
    text += "  " + padded(label, 24) + std::string(one.doc) + "\n";
  }
  return text + "\nBrought by the plug-in " + std::string(of.plugin) + ".\n";
}

}  // namespace

tool_list list_tools(installed_plugins from) {
  tool_list out;
  for (const loaded_plugin* one : from.plugins) {
    if (one->descriptor->tools == nullptr) continue;
    for (const tool& each : one->descriptor->tools()) {
      const auto same = std::find_if(out.tools.begin(), out.tools.end(), [&](const found_tool& t) {
        return t.what->verb == each.verb;
      });
      if (find_verb(each.verb) != nullptr || same != out.tools.end())
        out.quarrels.push_back("the verb '" + std::string(each.verb) + "' of plug-in " +
                               std::string(one->type()) + " is taken by " +
                               (same != out.tools.end() ? std::string(same->plugin) : "mw itself"));
      else
        out.tools.push_back({one->type(), &each});
    }
  }
  std::sort(out.tools.begin(), out.tools.end(),
            [](const found_tool& a, const found_tool& b) { return a.what->verb < b.what->verb; });
  out.loader = std::move(from.loader);
  return out;
}

tool_list find_tools(const arguments& given, const surroundings& world) {
  return list_tools(find_installed(given, world));
}

result<tool_call> split_words(std::span<const std::string> words) {
  tool_call out;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--") {
      out.theirs.insert(out.theirs.end(), words.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        words.end());
      break;
    }
    // `mw certs --help` and `mw certs make --help`; what stands later may be anybody's text.
    if (out.theirs.size() < 2 && (words[i] == "--help" || words[i] == "-h")) out.help = true;
    const flag* const found = find_flag(words[i]);
    if (found == nullptr) {
      out.theirs.push_back(words[i]);
      continue;
    }
    known.push_back(words[i]);
    const bool apart = !found->value.empty() && words[i].find('=') == std::string::npos;
    if (apart && i + 1 < words.size()) known.push_back(words[++i]);
  }
  MW_TRY(out.ours, parse_arguments(known, ours));
  return out;
}

exit_code run_tool(const found_tool& of, const tool_call& call, surroundings& world) {
  const std::string who = "mw " + std::string(of.what->verb);
  if (call.help) {
    world.io.say(help_of(of, world.io.colors_answers()));
    return exit_code::ok;
  }
  const auto limit = parse_duration(call.ours.text("--timeout", "5s"));
  if (!limit || *limit <= duration::zero()) {
    world.io.complain(who + ": --timeout takes a duration such as 5s\n");
    return exit_code::usage;
  }
  tool_host host(world, call.ours, *limit);
  const std::vector<std::string_view> words(call.theirs.begin(), call.theirs.end());
  try {
    switch (of.what->run(words, host)) {
      case 0:
        return exit_code::ok;
      case 1:
        return exit_code::no;
      case 2:
        world.io.complain("Try `" + who + " --help`.\n");
        return exit_code::usage;
      default:
        return exit_code::cannot_run;
    }
  } catch (const std::exception& e) {
    // A tool promises not to throw; a broken promise is told, not passed on.
    world.io.complain(who + ": the plug-in " + std::string(of.plugin) +
                      " failed: " + printable(e.what()) + "\n");
    return exit_code::cannot_run;
  }
}

std::optional<exit_code> run_tool(std::string_view verb, std::span<const std::string> words,
                                  surroundings& world) {
  const auto call = split_words(words);
  const tool_list found = find_tools(call ? call->ours : arguments(), world);
  const auto of = std::find_if(found.tools.begin(), found.tools.end(),
                               [&](const found_tool& t) { return t.what->verb == verb; });
  if (of == found.tools.end()) return std::nullopt;
  if (call) return run_tool(*of, *call, world);
  world.io.complain("mw " + std::string(verb) + ": " + call.error().text() + "\nTry `mw " +
                    std::string(verb) + " --help`.\n");
  return exit_code::usage;
}

std::string tool_lines(const tool_list& tools, bool color) {
  if (tools.tools.empty()) return {};
  std::string out = "\n" + bold("Brought by plug-ins", color) + "\n";
  for (const found_tool& one : tools.tools)
    out += "  " + padded(one.what->verb, 12) + std::string(one.what->summary) + "\n";
  return out;
}

}  // namespace mw::kernel::cli
