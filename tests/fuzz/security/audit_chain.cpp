// audit_chain: fuzzes the verifier of the audit log: cuts do not matter, every changed bit does.
// SPDX-License-Identifier: Apache-2.0
// links: security_audit_objects
#include "verifier.h"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

namespace audit = mw::audit_log;

audit::verifier walk(std::string_view text, std::size_t piece) {
  audit::verifier v;
  v.begin_file("fuzz");
  for (std::size_t at = 0; at < text.size(); at += piece) v.feed(text.substr(at, piece));
  v.finish();
  return v;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const audit::verifier whole = walk(text, 1 << 20);
  const audit::verifier cut = walk(text, 13);
  if (whole.fault() != cut.fault() || !(whole.last() == cut.last())) std::abort();
  // A chain over the same bytes, a record a line, verifies; with one bit turned it does not.
  audit::head at;
  std::string log = audit::seal(at, audit::opening_fields({}, "t", "n"));
  for (std::size_t from = 0; from < text.size() && log.size() < 100'000; from += 40) {
    std::string fields = "\"x\":\"";
    for (const char c : text.substr(from, 40)) fields += c == '\n' ? ' ' : c;
    log += audit::seal(at, fields + "\"");
  }
  const audit::verifier own = walk(log, 1000);
  if (!own.fault().empty() || !(own.last() == at)) std::abort();
  const std::size_t place = size % log.size();
  log[place] = static_cast<char>(log[place] ^ 1);
  if (walk(log, 1000).fault().empty()) std::abort();
  return 0;
}
