// table_message: counts, then names behind their lengths.
// SPDX-License-Identifier: Apache-2.0
#include "wire/table_message.h"

#include "wire/bytes.h"
#include "wire/envelope.h"

#include <algorithm>

namespace mw::routing {
namespace {

constexpr std::uint8_t table_first_byte = 1 << 4 | static_cast<std::uint8_t>(envelope_kind::table);

bool good_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

failure malformed(const char* text) {
  return {errc::invalid, std::string("malformed table: ") + text};
}

}  // namespace

status check_name(std::string_view what, std::string_view name) {
  if (name.empty() || name.size() > name_size_max)
    return failure(errc::invalid, std::string(what) + " has " + std::to_string(name.size()) +
                                      " bytes: 1 to " + std::to_string(name_size_max) +
                                      " are possible");
  if (!std::all_of(name.begin(), name.end(), good_character))
    return failure(errc::invalid,
                   std::string(what) + " may contain letters, digits, '.', '_' and '-' only");
  return {};
}

void write_table(message_out& out, const table_message& table) {
  std::byte* const from = out.reserve(1 + 1 + 8 + 8 + 8 + 2);
  std::byte* to = write_number<std::uint8_t>(from, table_first_byte);
  to = write_number<std::uint8_t>(to, static_cast<std::uint8_t>(table.what));
  to = write_number<std::uint64_t>(to, table.life);
  to = write_number<std::uint64_t>(to, table.version);
  to = write_number<std::uint64_t>(to, table.base);
  to = write_number<std::uint16_t>(to, static_cast<std::uint16_t>(table.changes.size()));
  out.commit(static_cast<std::size_t>(to - from));
  for (const table_change& change : table.changes) {
    std::byte* head = out.reserve(2);
    head = write_number<std::uint8_t>(head, static_cast<std::uint8_t>(change.what));
    (void)write_number<std::uint8_t>(head, static_cast<std::uint8_t>(change.name.size()));
    out.commit(2);
    out.append(as_bytes(change.name));
  }
}

result<table_message> read_table(bytes_view message) {
  reader in(message);
  table_message table;
  if (in.number<std::uint8_t>() != table_first_byte) return malformed("its first byte");
  const auto form = in.number<std::uint8_t>();
  table.life = in.number<std::uint64_t>();
  table.version = in.number<std::uint64_t>();
  table.base = in.number<std::uint64_t>();
  const auto count = in.number<std::uint16_t>();
  if (!in.ok()) return malformed("it is too short");
  if (form > static_cast<std::uint8_t>(table_message::form::have)) return malformed("unknown form");
  table.what = static_cast<table_message::form>(form);
  if (count > names_per_table) return malformed("more than 4096 names");
  for (std::size_t i = 0; i < count; ++i) {
    const auto kind = in.number<std::uint8_t>();
    const std::string_view name = in.short_text();
    if (!in.ok()) return malformed("it ends within a name");
    if (kind > static_cast<std::uint8_t>(table_change::kind::remove_group))
      return malformed("unknown kind of change");
    if (!check_name("name", name)) return malformed("a name that is not allowed");
    table.changes.push_back({static_cast<table_change::kind>(kind), std::string(name)});
  }
  if (!in.done()) return malformed("bytes behind its end");
  return table;
}

}  // namespace mw::routing
