// record_text: parsing and printing of lines.
// SPDX-License-Identifier: Apache-2.0
#include "record_text.h"

#include <charconv>

namespace echo_probe {

std::optional<word_and_number> parse_line(std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  word_and_number out{line.substr(0, space), 0};
  const std::string_view digits = line.substr(space + 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out.number);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return std::nullopt;
  return out;
}

std::string make_line(std::string_view word, std::uint64_t number) {
  return std::string(word) + " " + std::to_string(number) + "\n";
}

last_numbers read_records(std::string_view file) {
  last_numbers last;
  for (std::size_t end = file.find('\n'); end != std::string_view::npos; end = file.find('\n')) {
    const auto record = parse_line(file.substr(0, end));
    if (!record) break;
    last[std::string(record->word)] = record->number;
    file.remove_prefix(end + 1);
  }
  return last;
}

std::string write_records(const last_numbers& all) {
  std::string file;
  for (const auto& [client, number] : all) file += make_line(client, number);
  return file;
}

}  // namespace echo_probe
