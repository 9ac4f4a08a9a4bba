// chain: each record is bound to the one before it by SHA-256; a record is a line of JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/digest/sha256.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::audit_log {

inline constexpr std::size_t line_max = 64 << 10;  // bytes of one record

// The last record: its number and its hash. Number 0 and zeros: before the first.
struct head {
  std::uint64_t number = 0;
  digest256 hash{};
  friend bool operator==(const head&, const head&) = default;
};

// {"n":17,<fields>,"hash":"<64 digits>"} and a line break, where hash is SHA-256 over the hash of
// the record before (32 bytes) and the line up to the comma before "hash". `fields` is the inside
// of a JSON object, not empty. `at` becomes this record.
[[nodiscard]] std::string seal(head& at, std::string_view fields);

// What a line without its line break says; empty: it has not the form of a record.
struct record {
  std::uint64_t number = 0;
  std::string_view body;  // what the hash is over
  digest256 hash{};
};
[[nodiscard]] std::optional<record> read_record(std::string_view line);
[[nodiscard]] digest256 hash_after(const digest256& before, std::string_view body);

// The first record of each file: where its chain comes from.
struct opening {
  digest256 after{};       // hash of the last record of the file before
  std::uint64_t torn = 0;  // bytes at the end of that file that are no whole line
};
[[nodiscard]] std::string opening_fields(const opening& o, std::string_view at,
                                         std::string_view node);
[[nodiscard]] std::optional<opening> read_opening(std::string_view line);

// "17:<64 digits>": a head to keep elsewhere.
[[nodiscard]] std::string to_string(const head& h);
[[nodiscard]] std::optional<head> parse_head(std::string_view text);

}  // namespace mw::audit_log
