// peer_file: a parser of lines.
// SPDX-License-Identifier: Apache-2.0
#include "peer_file.h"

#include <mw/types.h>

#include <algorithm>

namespace static_peers {
namespace {

using mw::sources::check_name;
using mw::sources::peers_max;
using mw::sources::quoted;

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  const std::size_t from = text.find_first_not_of(blanks);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

// The first word; `rest` loses it.
std::string_view take_word(std::string_view& rest) {
  rest = trim(rest);
  const std::string_view word = rest.substr(0, rest.find_first_of(blanks));
  rest.remove_prefix(word.size());
  return word;
}

mw::status set_fact(mw::peer_found& peer, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  if (equals == std::string_view::npos || (key != "id" && key != "zone"))
    return {mw::errc::invalid, quoted(word) + " is neither id=NAME nor zone=NAME"};
  const std::string_view value = word.substr(equals + 1);
  if (mw::status fine = check_name(value); !fine) return std::move(fine).error().in(key);
  std::string& fact = key == "id" ? peer.id : peer.zone;
  if (!fact.empty()) return {mw::errc::invalid, std::string(key) + " is given twice"};
  fact = value;
  return {};
}

mw::result<mw::peer_found> parse_line(std::string_view line) {
  mw::peer_found peer;
  MW_TRY(const mw::endpoint at, mw::parse_endpoint(take_word(line)));
  peer.address = mw::to_string(at);
  for (std::string_view word = take_word(line); !word.empty(); word = take_word(line))
    MW_CHECK(set_fact(peer, word));
  return peer;
}

}  // namespace

mw::result<peer_list> parse_peers(std::string_view text) {
  if (text.size() > file_max)
    return mw::failure(mw::errc::invalid,
                       "the list has more than " + mw::to_string(mw::byte_size{file_max}));
  peer_list list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto wrong = [number](std::string why) {
      return mw::failure(mw::errc::invalid, "line " + std::to_string(number) + ": " + why);
    };
    if (end > line_max) return wrong("longer than " + std::to_string(line_max) + " bytes");
    const std::string_view line = trim(text.substr(0, std::min(text.find('#'), end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    auto peer = parse_line(line);
    if (!peer) return wrong(peer.error().text());
    if (list.size() == peers_max) return wrong("more than " + std::to_string(peers_max) + " peers");
    list.push_back(std::move(*peer));
  }
  MW_CHECK(mw::sources::normalise(list));
  return list;
}

}  // namespace static_peers
