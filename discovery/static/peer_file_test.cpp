// peer_file_test: every wrong line is named, and the bounds hold.
// SPDX-License-Identifier: Apache-2.0
#include "peer_file.h"

#include <doctest/doctest.h>

namespace static_peers {
namespace {

std::string error_of(std::string_view text) {
  const auto list = parse_peers(text);
  return list ? "" : list.error().text();
}

}  // namespace

TEST_CASE("peer_file: lines with facts, comments and blanks") {
  const auto list = parse_peers(
      "# the cluster\n"
      "127.0.0.1:7401 id=n1 zone=a  # the first\n"
      "\n"
      "\t[::1]:7402\tzone=b-2\r\n"
      "unix:/run/mw.sock id=local\n"
      "name.example:7403");
  REQUIRE(list);
  REQUIRE(list->size() == 4);
  CHECK((*list)[0].address == "127.0.0.1:7401");
  CHECK((*list)[0].id == "n1");
  CHECK((*list)[0].zone == "a");
  CHECK((*list)[1].zone == "b-2");
  CHECK((*list)[2].address == "name.example:7403");
  CHECK((*list)[3].id == "local");
  CHECK(parse_peers("")->empty());
  CHECK(parse_peers("\n\n#\n")->empty());
}

TEST_CASE("peer_file: what is wrong, and in which line") {
  CHECK(error_of("127.0.0.1:7401\n127.0.0.1\n").starts_with("line 2: "));
  CHECK(error_of("127.0.0.1:7401 n1") == "line 1: 'n1' is neither id=NAME nor zone=NAME");
  CHECK(error_of("127.0.0.1:7401 rack=3") == "line 1: 'rack=3' is neither id=NAME nor zone=NAME");
  CHECK(error_of("127.0.0.1:7401 id=") == "line 1: id: a name has 1 to 128 bytes, not 0");
  CHECK(error_of("127.0.0.1:7401 id=a id=b") == "line 1: id is given twice");
  CHECK(error_of("127.0.0.1:7401 id=a\x1b[2J") ==
        "line 1: id: 'a?[2J' has other characters than letters, digits, ._-");
  CHECK(error_of("127.0.0.1:7401 id=" + std::string(129, 'x')) ==
        "line 1: id: a name has 1 to 128 bytes, not 129");
  CHECK(error_of(std::string(513, ' ')) == "line 1: longer than 512 bytes");
  CHECK(error_of("127.0.0.1:70000").starts_with("line 1: "));
}

TEST_CASE("peer_file: bounds on peers and bytes") {
  std::string text;
  for (std::size_t i = 0; i < mw::sources::peers_max; ++i)
    text += "10." + std::to_string(i / 250) + ".0.1:" + std::to_string(1 + i % 250) + "\n";
  CHECK(parse_peers(text)->size() == mw::sources::peers_max);
  CHECK(error_of(text + "10.0.0.2:1") == "line 10001: more than 10000 peers");
  CHECK(error_of(std::string(file_max + 1, '\n')) == "the list has more than 4MiB");
}

}  // namespace static_peers
