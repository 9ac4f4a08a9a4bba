// address_book_test: who can be reached at which address.
// SPDX-License-Identifier: Apache-2.0
#include "address_book.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::sim {

namespace {

endpoint at(std::string host, std::uint16_t port) {
  return {std::move(host), port, false};
}

}  // namespace

TEST_CASE("nodes without an own address share the loopback") {
  address_book book;
  book.add_node("10.0.0.1", false);
  book.add_node("10.0.0.2", false);
  const place_key bound = book.places(0, at("127.0.0.1", 7400))->front();
  CHECK(*book.target(1, at("127.0.0.1", 7400)) == bound);
  CHECK(!book.owner(bound));
  CHECK(book.kind(bound) == address_kind::loopback);
}

TEST_CASE("a node with its own address has its own loopback, and others reach it by the address") {
  address_book book;
  book.add_node("127.0.0.2", true);
  book.add_node("127.0.0.3", true);
  const place_key bound = book.places(0, at("127.0.0.1", 7400))->front();
  CHECK(*book.target(0, at("127.0.0.1", 7400)) == bound);
  CHECK(*book.target(1, at("127.0.0.2", 7400)) == bound);
  CHECK(*book.target(1, at("127.0.0.1", 7400)) != bound);
  CHECK(*book.owner(bound) == 0);
  CHECK(to_string(book.to_endpoint(bound)) == "127.0.0.2:7400");
}

TEST_CASE("any address means all of a node's") {
  address_book book;
  book.add_node("10.0.0.1", false);
  const auto places = book.places(0, at("0.0.0.0", 80));
  REQUIRE(places);
  CHECK(places->front() == *book.target(0, at("10.0.0.1", 80)));
  CHECK(std::find(places->begin(), places->end(), *book.target(0, at("127.0.0.1", 80))) !=
        places->end());
  CHECK(*book.target(0, at("0.0.0.0", 80)) == *book.target(0, at("127.0.0.1", 80)));
}

TEST_CASE("addresses of others and texts that are none cannot be bound") {
  address_book book;
  book.add_node("10.0.0.1", false);
  book.add_node("10.0.0.2", false);
  for (const char* host :
       {"10.0.0.2", "10.7.7.7", "name.example", "", "255.255.255.255", "1.2.3"}) {
    CAPTURE(std::string(host));
    const auto places = book.places(0, at(host, 1));
    REQUIRE(!places);
    CHECK(places.error().kind() == errc::invalid);
  }
  CHECK(book.target(0, at("name.example", 1)).error().kind() == errc::invalid);
}

TEST_CASE("IPv6 addresses are the same however they are written") {
  address_book book;
  book.add_node("fd00::1", true);
  CHECK(*book.target(0, at("fd00:0:0::1", 5)) == book.places(0, at("fd00::1", 5))->front());
  CHECK(book.kind(*book.target(0, at("ff02::1", 5))) == address_kind::multicast);
}

TEST_CASE("unix paths belong to a node") {
  address_book book;
  book.add_node("10.0.0.1", false);
  book.add_node("10.0.0.2", false);
  const endpoint path{"/run/a b.sock", 0, true};
  const place_key mine = book.places(0, path)->front();
  CHECK(*book.target(0, path) == mine);
  CHECK(*book.target(1, path) != mine);
  CHECK(book.to_endpoint(mine) == path);
}

TEST_CASE("free ports are not taken and come around") {
  address_book book;
  book.add_node("10.0.0.1", false);
  const auto places = book.places(0, at("10.0.0.1", 0));
  const std::uint16_t first = book.free_port(*places, [](place_key) { return false; });
  CHECK(first == 49'152);
  const std::uint16_t next =
      book.free_port(*places, [first](place_key one) { return (one & 0xffff) < first + 5u; });
  CHECK(next == first + 5);
  for (int i = 0; i < 16'378; ++i) (void)book.next_port();
  CHECK(book.next_port() == 49'152);
}

}  // namespace mw::sim
