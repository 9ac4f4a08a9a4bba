// peer_list_test: doubles are merged, differences are exact.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/peer_list.h"

#include <doctest/doctest.h>

namespace mw::sources {
namespace {

mw::peer_found peer(std::string address, std::string id = "", std::string zone = "") {
  return {
      .id = std::move(id), .address = std::move(address), .zone = std::move(zone), .source = ""};
}

}  // namespace

TEST_CASE("peer_list: bounds on peers") {
  peer_list many(peers_max + 1);
  CHECK(normalise(many));  // all the same one
  CHECK(many.size() == 1);
  peer_list others;
  for (std::size_t i = 0; i <= peers_max; ++i) others.push_back(peer("h:" + std::to_string(i)));
  CHECK(normalise(others).error().kind() == mw::errc::overloaded);
}

TEST_CASE("peer_list: the last of equal addresses stays") {
  peer_list list{peer("b:1", "old"), peer("a:1"), peer("b:1", "new")};
  REQUIRE(normalise(list));
  REQUIRE(list.size() == 2);
  CHECK(list[0].address == "a:1");
  CHECK(list[1].id == "new");
}

TEST_CASE("peer_list: differences") {
  const peer_list before{peer("a:1"), peer("b:1", "x"), peer("c:1")};
  const peer_list after{peer("b:1", "y"), peer("c:1"), peer("d:1")};
  const difference change = compare(before, after);
  REQUIRE(change.lost.size() == 1);
  CHECK(change.lost[0].address == "a:1");
  REQUIRE(change.found.size() == 2);
  CHECK(change.found[0].id == "y");
  CHECK(change.found[1].address == "d:1");
  CHECK(compare(before, before).found.empty());
  CHECK(compare({}, before).found.size() == 3);
  CHECK(compare(before, {}).lost.size() == 3);
}

}  // namespace mw::sources
