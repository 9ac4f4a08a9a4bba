// usage: help made of what the verbs say about themselves.
// SPDX-License-Identifier: Apache-2.0
#include "usage.h"

#include "version.h"

#include <algorithm>

namespace mw::kernel::cli {
namespace {

std::string heading(std::string_view text, bool color) {
  return "\n" + bold(text, color) + "\n";
}

std::string label(const flag& of) {
  return std::string(of.name) + (of.value.empty() ? "" : " " + std::string(of.value));
}

// "  --set KEY=VALUE  Override ...", with the text of long ones below their name.
std::string flag_lines(const flag& of, std::size_t width) {
  const std::string margin(width + 4, ' ');
  std::string lines = wrap(of.doc, margin);
  return lines.replace(0, margin.size(), "  " + padded(label(of), width + 2));
}

}  // namespace

std::string first_steps(bool color) {
  return bold("Meshwright " + std::string(version()), color) +
         ": a node's network stack, composed of plug-ins in one YAML file.\n" +
         heading("What next?", color) +
         "  mw plugins              see which plug-ins are installed\n"
         "  mw check node.yaml      find every mistake in a node file\n"
         "  mw run node.yaml        start the node\n"
         "  mw new listener hello   start a plug-in of your own\n"
         "  mw help                 all verbs; `mw VERB --help` explains one\n";
}

std::string verb_list(const std::string& brought, bool color) {
  std::string out = "usage: mw VERB [ARGUMENT...]\n" + heading("Verbs", color);
  for (const verb* one : all_verbs())
    out += "  " + padded(one->name, 12) + std::string(one->summary) + "\n";
  return out + brought + heading("More", color) +
         "  mw VERB --help      what it does, its flags, an example\n"
         "  mw help exit-codes  what the exit codes mean\n";
}

std::string synopsis(const verb& of) {
  std::string out(of.name);
  if (!of.operands.empty()) out += " " + std::string(of.operands);
  for (const flag& one : of.flags) out += " [" + label(one) + "]" + (one.repeats ? "..." : "");
  return out;
}

std::string verb_help(const verb& of, bool color) {
  std::string out = "usage: mw " + synopsis(of) + "\n\n" + wrap(of.details, "");
  const std::vector<flag> flags = flags_of(of);
  std::size_t width = 0;
  for (const flag& one : flags) width = std::max(width, label(one).size());
  out += heading("Flags", color);
  for (const flag& one : flags) out += flag_lines(one, width);
  out += heading(of.example.find('\n') == std::string_view::npos ? "Example" : "Examples", color);
  return out + wrap(of.example, "  ");
}

std::string exit_codes_help(bool color) {
  return bold("Exit codes of mw", color) +
         "\n"
         "  0  done, or the answer is yes\n"
         "  1  the answer is no: a file has errors, a name is unknown, a node is not ready,\n"
         "     a running node stopped because a plug-in failed\n"
         "  2  the command line is wrong\n"
         "  3  it cannot be done: a file cannot be written, a node cannot start or be reached\n"
         "  4  SIGINT (Ctrl-C) or SIGTERM stopped it before its end; what it had is printed\n";
}

}  // namespace mw::kernel::cli
