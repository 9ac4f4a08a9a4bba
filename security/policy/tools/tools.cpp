// tools: the same code as in the node, over a file; or the node's own answer.
// SPDX-License-Identifier: Apache-2.0
#include "tools/tools.h"

#include "store.h"

#include <mw/toolkit/json_writer.h>

#include <optional>
#include <vector>

namespace mw::access_policy {
namespace {

constexpr std::string_view usage_text =
    R"(usage: mw policy explain IDENTITY VERB RESOURCE [--file POLICY] [--self IDENTITY]
       mw policy check POLICY [--against POLICY]

explain says whether IDENTITY may VERB the RESOURCE, which rules speak of it, which one decides and
where it is written. Without --file the running node is asked.
check reads a policy file, counts its rules and warns of what is most likely a mistake; with
--against it shows what would change.

  IDENTITY          spiffe://domain/path, a plain name, self or anonymous
  VERB              call, send, join, offer (services and groups), read or act (admin pages)
  RESOURCE          orders.get, or /routing/dead
  --file POLICY     answer from this file instead of a node
  --self IDENTITY   with --file: what `self` is
  --against POLICY  the policy that is in force now
  --default WORD    with --file: allow or deny where no rule speaks (default deny)

Exit code: 0 yes, or the file is good; 1 no, or it is not; 2 wrong arguments.

example: mw policy explain spiffe://mesh.local/svc/orders/1 call stock.get --file policy.txt
)";

struct words {
  std::vector<std::string_view> plain;
  std::optional<std::string> file, against, self;
  bool allow_by_default = false;
};

int misused(tool_io& io, std::string_view why) {
  io.complain("mw policy: " + std::string(why) + "\n");
  return 2;
}

std::optional<words> split_words(std::span<const std::string_view> all, tool_io& io) {
  words out;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].starts_with("--")) {
      out.plain.push_back(all[i]);
      continue;
    }
    const std::size_t equals = all[i].find('=');
    const std::string_view name = all[i].substr(0, equals);
    if (equals == std::string_view::npos && i + 1 == all.size()) {
      (void)misused(io, std::string(name) + " needs a value");
      return std::nullopt;
    }
    const std::string value(equals == std::string_view::npos ? all[++i]
                                                             : all[i].substr(equals + 1));
    if (name == "--file")
      out.file = value;
    else if (name == "--against")
      out.against = value;
    else if (name == "--self")
      out.self = value;
    else if (name == "--default" && (value == "allow" || value == "deny"))
      out.allow_by_default = value == "allow";
    else {
      (void)misused(io, quoted(all[i]) + " is not a flag of this command");
      return std::nullopt;
    }
  }
  return out;
}

result<candidate> read_policy(const std::string& path, bool allow_by_default, tool_io& io) {
  MW_TRY(const std::string text, io.read(path));
  return prepare({}, allow_by_default, text, path);
}

std::string encoded(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-' || c == '/';
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
  }
  return out;
}

int explain_by_node(const access& what, tool_io& io) {
  const auto got =
      io.ask("/policy/explain?identity=" + encoded(what.subject) +
                 "&verb=" + std::string(name_of(what.verb)) + "&resource=" + encoded(what.resource),
             {});
  if (!got) {
    io.complain("mw policy: " + got.error().text() +
                "; or answer from a file with --file POLICY\n");
    return 1;
  }
  io.print(got->body + "\n");
  if (got->status != 200) return 1;
  return got->body.find(R"("allowed":true)") != std::string::npos ? 0 : 1;
}

int explain_by_file(const access& what, const words& given, tool_io& io) {
  auto made = read_policy(*given.file, given.allow_by_default, io);
  if (!made) {
    io.complain("mw policy: " + made.error().text() + "\n");
    return 1;
  }
  store one(0, 0);
  one.apply(std::move(*made), given.self.value_or(""));
  const explanation e = one.explain(what);
  io.print(io.json() ? as_json(e) + "\n" : as_text(e));
  return e.allowed ? 0 : 1;
}

int run_explain(const words& given, tool_io& io) {
  if (given.plain.size() != 4) return misused(io, "explain wants IDENTITY VERB RESOURCE");
  const auto verb = verb_of(given.plain[2]);
  if (!verb)
    return misused(io,
                   quoted(given.plain[2]) + " is none of call, send, join, offer, read and act");
  access what{given.plain[1], *verb, given.plain[3]};
  if (what.subject == "self") what.subject = self_subject;
  if (what.subject == "anonymous") what.subject = {};
  return given.file ? explain_by_file(what, given, io) : explain_by_node(what, io);
}

int run_check(const words& given, tool_io& io) {
  if (given.plain.size() != 2) return misused(io, "check wants one policy file");
  const std::string path(given.plain[1]);
  const auto made = read_policy(path, given.allow_by_default, io);
  if (!made) {
    io.complain("mw policy: " + made.error().text() + "\n");
    return 1;
  }
  std::string changes;
  if (given.against) {
    const auto before = read_policy(*given.against, given.allow_by_default, io);
    if (!before) {
      io.complain("mw policy: " + before.error().text() + "\n");
      return 1;
    }
    changes = difference(*before, *made);
  }
  if (io.json()) {
    io.print(as_json(*made, 0) + "\n");
    return 0;
  }
  io.print(path + ": good: " + std::to_string(made->text.rules.size()) + " rules, " +
           std::to_string(made->text.bindings.size()) + " bindings, default " +
           (made->allow_by_default ? "allow" : "deny") + "\ndigest " + made->digest + "\n");
  for (const std::string& warning : made->text.warnings) io.print("warning: " + warning + "\n");
  io.print(changes);
  return 0;
}

int run_policy(std::span<const std::string_view> arguments, tool_io& io) {
  const auto given = split_words(arguments, io);
  if (!given) return 2;
  const std::string_view what = given->plain.empty() ? std::string_view{} : given->plain.front();
  if (what == "explain") return run_explain(*given, io);
  if (what == "check") return run_check(*given, io);
  return misused(io, "wants explain or check");
}

constexpr tool all_tools[] = {
    {"policy", "who may do what, and why; checks policy files", usage_text, run_policy}};

}  // namespace

std::span<const tool> policy_tools() {
  return all_tools;
}

}  // namespace mw::access_policy
