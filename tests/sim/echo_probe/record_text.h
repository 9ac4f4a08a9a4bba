// record_text: the lines of the record file and of the protocol: a word and a number.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace echo_probe {

struct word_and_number {
  std::string_view word;
  std::uint64_t number;
};

// "name 17" without the end of the line; nothing for anything else. `line` is borrowed.
[[nodiscard]] std::optional<word_and_number> parse_line(std::string_view line);
[[nodiscard]] std::string make_line(std::string_view word, std::uint64_t number);

using last_numbers = std::map<std::string, std::uint64_t, std::less<>>;  // by client

// The last number of each client in the whole records at the beginning of a file. What follows the
// first broken line was never acknowledged: records are acknowledged in their order.
[[nodiscard]] last_numbers read_records(std::string_view file);
[[nodiscard]] std::string write_records(const last_numbers& all);

}  // namespace echo_probe
