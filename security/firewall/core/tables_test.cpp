// tables_test: meters that saturate, tables that stay bounded, accounts that take all or nothing.
// SPDX-License-Identifier: Apache-2.0
#include "core/account.h"
#include "core/alarm.h"
#include "core/ban_book.h"
#include "core/bounded_table.h"
#include "core/meter.h"

#include <doctest/doctest.h>

namespace mw::firewall {
namespace {

constexpr time_point t0{1000s};
constexpr time_point end_of_time{duration::max()};

network host_number(std::uint32_t n) {
  return {{0, std::uint64_t{0xffff} << 32 | n}, 128};
}

}  // namespace

TEST_CASE("meter: a burst, then the rate") {
  const pace ten = pace::of({10}, 20);
  meter m;
  CHECK(m.take_up_to(100, ten, t0) == 20);
  CHECK_FALSE(m.take(ten, t0));
  CHECK(m.take_up_to(100, ten, t0 + 1s) == 10);
  CHECK(m.take_up_to(100, ten, t0 + 1h) == 20);
}

TEST_CASE("meter: nothing, everything, and the ends of time") {
  meter never;
  CHECK_FALSE(never.take(pace::of({0}, 100), t0));
  CHECK_FALSE(never.take(pace::of({-1}, 100), t0));
  meter always;
  CHECK(always.take_up_to(1'000'000, pace{}, t0) == 1'000'000);
  const pace slow = pace::of({1e-12}, 1'000'000);  // the depth does not fit into 64 bits
  meter m;
  CHECK(m.take(slow, end_of_time));
  CHECK(m.debt(end_of_time) >= 0);
  CHECK_FALSE(m.take(slow, t0));  // time that goes back gives nothing
  CHECK(m.debt({duration::min()}) == ns_max);
  CHECK(saturating_add(ns_max, 1) == ns_max);
  CHECK(saturating_add(-ns_max, -ns_max) < 0);
  CHECK(saturating_multiply(ns_max, 2) == ns_max);
  CHECK(later(end_of_time, 1h) == end_of_time);
}

namespace {
struct note {
  std::int64_t value = 0;
  [[nodiscard]] std::int64_t weight(time_point) const { return value; }
};
}  // namespace

TEST_CASE("bounded_table: those that say most stay, however many others come") {
  bounded_table<note> table(64, 7);
  CHECK(table.capacity() == 64);
  for (std::uint32_t i = 0; i < 8; ++i) table.at({host_number(i)}, t0).value = 1'000'000;
  for (std::uint32_t i = 1000; i < 101'000; ++i) table.at({host_number(i)}, t0).value = 1;
  int kept = 0;
  for (std::uint32_t i = 0; i < 8; ++i)
    if (const note* one = table.find({host_number(i)})) kept += one->value == 1'000'000 ? 1 : 0;
  CHECK(kept == 8);
  CHECK(table.forgotten() > 90'000);
}

TEST_CASE("bounded_table: what says nothing is forgotten for free, tags are apart") {
  bounded_table<note> table(8, 7);
  for (std::uint32_t i = 0; i < 100; ++i) (void)table.at({host_number(i)}, t0);
  CHECK(table.forgotten() == 0);
  table.at({host_number(1), 1}, t0).value = 5;
  CHECK(table.at({host_number(1), 2}, t0).value == 0);
  table.forget({host_number(1), 1});
  CHECK(table.find({host_number(1), 1}) == nullptr);
}

TEST_CASE("account: all or nothing, up to the limit and not a byte beyond") {
  const account_limits small{100, 2, 2};
  const account_limits large{1000, 10, 10};
  account leaf{&large};
  account peer{&small};
  account root{&large};
  account_path path;
  path.add(&leaf, level::connection);
  path.add(&peer, level::peer);
  path.add(nullptr, level::listener);
  path.add(&root, level::system);
  CHECK(path.take_memory(100) == refusal::none);
  CHECK(path.take_memory(1) == refusal::memory_peer);
  CHECK(path.take_memory(UINT64_MAX) != refusal::none);
  CHECK(leaf.memory == 100);
  CHECK(root.memory == 100);
  CHECK(path.take_stream() == refusal::none);
  CHECK(path.take_stream() == refusal::none);
  CHECK(path.take_stream() == refusal::streams_peer);
  CHECK(root.streams == 2);
  path.give_memory(1'000'000);  // more than there is
  path.give_streams(5);
  CHECK(leaf.memory + peer.memory + root.memory + leaf.streams + peer.streams + root.streams == 0);
}

TEST_CASE("ban_book: full of cool-downs it drops the shortest, full of people's it says no") {
  ban_book book(2);
  CHECK(book.add(host_number(1), {t0, t0 + 10s, ban_cause::offences}));
  CHECK(book.add(host_number(2), {t0, t0 + 20s, ban_cause::offences}));
  CHECK(book.add(host_number(3), {t0, t0 + 30s, ban_cause::person}));
  CHECK(book.find(host_number(1).base, t0) == nullptr);
  CHECK(book.find(host_number(2).base, t0) != nullptr);
  CHECK(book.add(host_number(4), {t0, t0 + 30s, ban_cause::person}));
  CHECK_FALSE(book.add(host_number(5), {t0, t0 + 30s, ban_cause::person}));
  CHECK(book.count(ban_cause::person) == 2);
  CHECK(book.count(ban_cause::offences) == 0);
}

TEST_CASE("ban_book: networks, ends, pardons") {
  ban_book book(10);
  const network wide = parse_network("10.0.0.0/8").value();
  const network one = parse_network("10.1.2.3").value();
  CHECK(book.add(wide, {t0, t0 + 10s, ban_cause::person}));
  CHECK(book.add(one, {t0, t0 + 60s, ban_cause::offences}));
  CHECK(book.find(one.base, t0)->why == ban_cause::person);
  CHECK(book.next_end() == t0 + 10s);
  CHECK(book.expire(t0 + 9s).empty());
  CHECK(book.expire(t0 + 10s) == std::vector{wide});
  CHECK(book.find(one.base, t0 + 10s)->why == ban_cause::offences);
  CHECK(book.find(parse_address("10.9.9.9").value(), t0 + 10s) == nullptr);
  CHECK(book.next_end() == t0 + 60s);
  CHECK_FALSE(book.pardon(parse_network("10.2.0.0/16").value()));
  CHECK(book.pardon(wide));
  CHECK(book.all().empty());
  CHECK(book.next_end() == std::nullopt);
}

TEST_CASE("alarm: raised by one bad second, cleared by ten quiet ones") {
  alarm a;
  CHECK(a.tick(99, 100) == alarm::change::none);
  CHECK(a.tick(199, 100) == alarm::change::raised);
  for (int i = 0; i < 9; ++i) CHECK(a.tick(199, 100) == alarm::change::none);
  CHECK(a.tick(260, 100) == alarm::change::none);  // too much for quiet
  for (int i = 0; i < 9; ++i) CHECK(a.tick(260, 100) == alarm::change::none);
  CHECK(a.tick(260, 100) == alarm::change::cleared);
  alarm never;
  CHECK(never.tick(1'000'000, 0) == alarm::change::none);
}

}  // namespace mw::firewall
