// tools: files are read in pieces, so their size does not matter.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "verifier.h"

#include <mw/toolkit/json_writer.h>

#include <optional>
#include <string>
#include <vector>

namespace mw::audit_log {
namespace {

constexpr std::size_t piece = 1 << 20;

constexpr std::string_view usage_text =
    R"text(usage: mw audit verify [--head NUMBER:HASH] FILE...
       mw audit head [FILE...]

verify walks the files in the order given (audit-*.jsonl sorts well) and finds any line that was
changed, removed, added or moved, and files that are missing between others. Whoever can write all
files can write the whole chain anew, and cut off its end: keep heads elsewhere and give one here.
head prints the head of the chain, of these files or of the running node, for keeping elsewhere.

  --head NUMBER:HASH  a head from `mw audit head`: the files must contain that record

Exit code: 0 nothing was changed; 1 something was, or a file cannot be read; 2 wrong arguments.

example: mw audit verify --head "$(cat head.txt)" data/n1/audit/audit-*.jsonl
)text";

int misused(tool_io& io, std::string_view why) {
  io.complain("mw audit: " + std::string(why) + "\n");
  return 2;
}

// False when a file cannot be read; says so.
bool walk(const std::vector<std::string>& files, verifier& through, tool_io& io) {
  for (const std::string& file : files) {
    through.begin_file(file);
    std::uint64_t offset = 0;
    for (bool more = true; more && through.fault().empty();) {
      const auto part = io.read_part(file, offset, piece);
      if (!part) {
        io.complain("mw audit: " + part.error().text() + "\n");
        return false;
      }
      through.feed(*part);
      offset += part->size();
      more = part->size() == piece;
    }
  }
  through.finish();
  return true;
}

int run_verify(const std::vector<std::string>& files, std::optional<head> mark, tool_io& io) {
  if (files.empty()) return misused(io, "verify wants files");
  verifier through(mark);
  if (!walk(files, through, io)) return 1;
  const bool fine = through.fault().empty();
  if (io.json()) {
    json_writer json;
    json.begin_object().key("ok").value(fine).key("records").value(through.records());
    json.key("head").value(to_string(through.last())).key("fault").value(through.fault());
    json.key("begins_later").value(through.begins_later()).end_object();
    io.print(json.take() + "\n");
    return fine ? 0 : 1;
  }
  if (!fine) {
    io.complain("mw audit: " + through.fault() + "\n");
    return 1;
  }
  io.print("unchanged: " + std::to_string(through.records()) + " records, head " +
           to_string(through.last()) + "\n");
  if (through.begins_later()) io.print("note: the chain begins in an older file, not shown here\n");
  if (!mark) io.print("note: without --head a chain that was cut or written anew is not noticed\n");
  return 0;
}

int run_head(const std::vector<std::string>& files, tool_io& io) {
  if (files.empty()) {
    const auto got = io.ask("/audit/head", {});
    if (!got || got->status != 200) {
      io.complain("mw audit: " + (got ? got->body : got.error().text()) + "\n");
      return 1;
    }
    io.print(got->body + "\n");
    return 0;
  }
  verifier through;
  if (!walk(files, through, io)) return 1;
  if (!through.fault().empty()) {
    io.complain("mw audit: " + through.fault() + "\n");
    return 1;
  }
  io.print(to_string(through.last()) + "\n");
  return 0;
}

int run_audit(std::span<const std::string_view> arguments, tool_io& io) {
  std::vector<std::string> files;
  std::optional<head> mark;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (!word.starts_with("--")) {
      files.emplace_back(word);
      continue;
    }
    if (!word.starts_with("--head"))
      return misused(io, std::string(word) + " is not a flag of this command");
    if (word == "--head")
      word = ++i < arguments.size() ? arguments[i] : std::string_view{};
    else
      word.remove_prefix(std::string_view("--head=").size());
    mark = parse_head(word);
    if (!mark) return misused(io, "--head wants NUMBER:HASH as `mw audit head` prints it");
  }
  const std::string_view what = arguments.empty() ? std::string_view{} : arguments.front();
  if (what == "verify") return run_verify(files, mark, io);
  if (what == "head") return run_head(files, io);
  return misused(io, "wants verify or head");
}

constexpr tool all_tools[] = {
    {"audit", "verify that the audit log is unchanged", usage_text, run_audit}};

}  // namespace

std::span<const tool> audit_tools() {
  return all_tools;
}

}  // namespace mw::audit_log
