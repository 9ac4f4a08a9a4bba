// dial_race_test: the order of addresses, the stagger, and what a lost race says.
// SPDX-License-Identifier: Apache-2.0
#include "dial_race.h"

#include <doctest/doctest.h>

namespace mw::tcp {

namespace {

using names = std::vector<std::string>;

names order_of(const names& found) {
  const dial_race race(found);
  names out;
  for (std::size_t i = 0; i < race.size(); ++i) out.push_back(race.address(i));
  return out;
}

failure refused(const std::string& address) {
  return {errc::disconnected, "cannot connect to " + address + ": refused"};
}

}  // namespace

TEST_CASE("addresses and names are told apart") {
  for (const char* address : {"127.0.0.1", "::1", "fe80::1%eth0", "10.1", "1"})
    CHECK(is_numeric(address));
  for (const char* name : {"localhost", "node7.example", "10.0.0.1.example", "a1", "1and1"})
    CHECK(!is_numeric(name));
}

TEST_CASE("families alternate, beginning with the one that the system prefers") {
  CHECK(order_of({"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"}) ==
        names{"::1", "1.1.1.1", "::2", "2.2.2.2", "::3"});
  CHECK(order_of({"1.1.1.1", "2.2.2.2", "::1"}) == names{"1.1.1.1", "::1", "2.2.2.2"});
  CHECK(order_of({"1.1.1.1"}) == names{"1.1.1.1"});
  CHECK(order_of({}).empty());
}

TEST_CASE("a name with very many addresses is tried at some of them") {
  names many;
  for (int i = 0; i < 200; ++i) many.push_back("10.0.0." + std::to_string(i));
  CHECK(order_of(many).size() == dial_race::addresses_max);
}

TEST_CASE("the next one starts after the stagger, or at once when the latest failed") {
  dial_race race({"::1", "1.1.1.1", "::2", "2.2.2.2"});
  const time_point t{100s};
  CHECK(race.begin(t) == 0);
  CHECK(!race.begin(t));
  CHECK(race.next_at() == t + 250ms);
  CHECK(!race.begin(t + 249ms));
  CHECK(race.begin(t + 250ms) == 1);
  race.failed(0, refused("::1"));  // an earlier one: the latest keeps its time
  CHECK(!race.begin(t + 300ms));
  race.failed(1, refused("1.1.1.1"));
  CHECK(race.begin(t + 301ms) == 2);
  CHECK(race.begin(t + 551ms) == 3);
  CHECK(!race.next_at());
  CHECK(!race.begin(t + 10s));
  race.failed(2, refused("::2"));
  CHECK(!race.lost());
  race.failed(3, refused("2.2.2.2"));
  CHECK(race.lost());
}

TEST_CASE("a lost race names what was wanted, and every reason") {
  dial_race race({"::1", "1.1.1.1"});
  CHECK(race.begin({}) == 0);
  CHECK(race.tried() == "::1");
  race.failed(0, {errc::timed_out, "no answer from [::1]:7"});
  CHECK(race.begin({}) == 1);
  CHECK(race.tried() == "::1, 1.1.1.1");
  race.failed(1, refused("1.1.1.1:7"));
  const failure why = race.verdict({"node.example", 7});
  CHECK(why.kind() == errc::timed_out);
  CHECK(why.text() ==
        "cannot connect to node.example:7: no answer from [::1]:7; cannot connect to 1.1.1.1:7: "
        "refused");
}

TEST_CASE("a single address says what it has to say once") {
  dial_race race({"1.1.1.1"});
  CHECK(race.begin({}) == 0);
  race.failed(0, refused("1.1.1.1:7"));
  CHECK(race.verdict({"1.1.1.1", 7}).text() == "cannot connect to 1.1.1.1:7: refused");
}

}  // namespace mw::tcp
