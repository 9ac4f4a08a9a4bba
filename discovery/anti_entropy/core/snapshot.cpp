// snapshot: a mark, the body, and a hash over both.
// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot.h"

#include "common/packing/packing.h"
#include "core/wire_entry.h"

#include <mw/toolkit/hash.h>

namespace mw::anti_entropy {

namespace {

constexpr std::string_view mark = "mwstate1";

failure damaged(std::string_view how) {
  return {errc::invalid, "the snapshot of the shared state " + std::string(how)};
}

}  // namespace

std::string to_bytes(const snapshot& s) {
  std::string out(mark);
  put_short(out, s.self.node);
  put(out, s.self.life);
  put(out, s.sequence);
  put(out, static_cast<std::uint8_t>(s.clean ? 1 : 0));
  put(out, static_cast<std::uint64_t>(s.compared.since_epoch.count()));
  put(out, static_cast<std::uint32_t>(s.entries.size()));
  for (const entry& one : s.entries) put_entry(out, one);
  put(out, hash_text(out));
  return out;
}

result<snapshot> parse_snapshot(std::string_view bytes) {
  if (!bytes.starts_with(mark)) return damaged("does not begin like one of this version");
  if (bytes.size() < mark.size() + 8) return damaged("ends early");
  const std::string_view body = bytes.substr(0, bytes.size() - 8);
  byte_reader tail(bytes.substr(body.size()));
  if (tail.number<std::uint64_t>() != hash_text(body)) return damaged("has a wrong checksum");
  byte_reader in(body.substr(mark.size()));
  snapshot s;
  s.self.node = std::string(in.short_text());
  s.self.life = in.number<std::uint64_t>();
  s.sequence = in.number<std::uint64_t>();
  s.clean = in.number<std::uint8_t>() == 1;
  s.compared.since_epoch = duration(static_cast<std::int64_t>(in.number<std::uint64_t>()));
  const std::size_t count = in.number<std::uint32_t>();
  if (count * entry_bytes_min > in.left()) in.fail();
  for (std::size_t i = 0; i < count && !in.failed(); ++i) s.entries.push_back(read_entry(in));
  if (in.failed() || in.left() != 0) return damaged("has no valid form");
  return s;
}

}  // namespace mw::anti_entropy
