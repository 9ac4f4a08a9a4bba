// list_file_test: every wrong line is named; the stricter of two entries holds.
// SPDX-License-Identifier: Apache-2.0
#include "networks/list_file.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::firewall {
namespace {

std::string error_of(std::string_view text) {
  const auto list = parse_lists(text);
  return list ? "" : list.error().text();
}

}  // namespace

TEST_CASE("list_file: lines, comments, blanks") {
  const auto list = parse_lists(
      "# who may\n"
      "allow 10.0.0.0/8\n"
      "\texempt\t2001:db8::/32  # our own\r\n"
      "\n"
      "deny 192.0.2.7");
  REQUIRE(list);
  REQUIRE(list->size() == 3);
  CHECK((*list)[0] == list_entry{parse_network("10.0.0.0/8").value(), listing::allow});
  CHECK((*list)[1] == list_entry{parse_network("2001:db8::/32").value(), listing::exempt});
  CHECK((*list)[2] == list_entry{parse_network("192.0.2.7").value(), listing::deny});
  CHECK(parse_lists("")->empty());
}

TEST_CASE("list_file: what is wrong, and in which line") {
  CHECK(error_of("allow 10.0.0.0/8\n10.0.0.0/8\n") ==
        "line 2: '10.0.0.0/8' is no action: write allow, exempt or deny, then the network");
  CHECK(error_of("deny") == "line 1: the network is missing");
  CHECK(error_of("deny 10.0.0.0/8 10.0.0.0/9") ==
        "line 1: '10.0.0.0/8 10.0.0.0/9' is more than one network: give each a line");
  CHECK(error_of("\n\ndeny 10.0.0.1/8").starts_with("line 3: '10.0.0.1/8' has bits beyond"));
  CHECK(error_of("Deny 10.0.0.0/8").starts_with("line 1: 'Deny' is no action"));
  CHECK(error_of("deny host.example").starts_with("line 1: 'host.example' is no address"));
  CHECK(error_of("d\x1b[2J x").find('\x1b') == std::string::npos);
  CHECK(error_of(std::string(257, ' ')) == "line 1: longer than 256 bytes");
  CHECK(error_of(std::string(list_bytes_max + 1, '\n')) == "the list has more than 4MiB");
}

TEST_CASE("list_file: as many networks as allowed, and one more") {
  std::string text;
  for (std::size_t i = 0; i < list_entries_max; ++i)
    text += "deny 10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." +
            std::to_string(i % 256) + "\n";
  CHECK(parse_lists(text)->size() == list_entries_max);
  CHECK(error_of(text + "deny 11.0.0.1\n") == "line 50001: more than 50000 networks");
}

TEST_CASE("list_file: deny wins over exempt, exempt over allow, whatever the order") {
  const network at = parse_network("10.0.0.0/8").value();
  const auto of = [&](const entry_list& entries) {
    prefix_trie lists;
    add_to(lists, entries);
    return static_cast<listing>(lists.find(at.base).value());
  };
  CHECK(of({{at, listing::deny}, {at, listing::allow}}) == listing::deny);
  CHECK(of({{at, listing::allow}, {at, listing::exempt}, {at, listing::deny}}) == listing::deny);
  CHECK(of({{at, listing::allow}, {at, listing::exempt}}) == listing::exempt);
  CHECK(of({{at, listing::exempt}, {at, listing::allow}}) == listing::exempt);
}

}  // namespace mw::firewall
