// wire_test: the exact bytes of PROTOCOL.md, and that any other bytes are refused, never misread.
// SPDX-License-Identifier: Apache-2.0
#include "delivery/receipts.h"
#include "wire/envelope.h"
#include "wire/table_message.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <string>

namespace mw::routing {
namespace {

std::string hex(bytes_view bytes) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<unsigned>(b) >> 4];
    text += digits[std::to_integer<unsigned>(b) & 15];
  }
  return text;
}

std::string pushed(const envelope& head) {
  message_out out;
  out.append(as_bytes("!"));
  const std::size_t size = push_envelope(out, head);
  CHECK(out.size() == size + 1);
  return hex(out.written());
}

envelope full_head() {
  return {.service = 0x1122334455667788,
          .left_us = 1000,
          .hops = 3,
          .streams = true,
          .one_of_many = true,
          .guarantee = guarantee::exactly_once,
          .group = 0xaabb,
          .delivery = {.producer = 5, .epoch = 6, .sequence = 7, .attempt = 8}};
}

}  // namespace

TEST_CASE("envelope: golden bytes") {
  CHECK(pushed({.service = 0x1122334455667788, .left_us = 5'000'000}) ==
        "10000000004c4b40112233445566778821");
  CHECK(pushed(full_head()) ==
        "101f0300000003e81122334455667788000000000000aabb"
        "00000000000000050000000600000000000000070821");
}

TEST_CASE("envelope: reads what it writes, and keeps the body") {
  for (const envelope& head :
       {full_head(), envelope{.service = 9}, envelope{.service = 9, .group = 4},
        envelope{.service = 9,
        .guarantee = guarantee::at_least_once,
        .delivery = {.producer = 1, .epoch = 0, .sequence = 2, .attempt = 1}}}) {
    message_out out;
    out.append(as_bytes("body"));
    push_envelope(out, head);
    envelope read;
    bytes_view body;
    REQUIRE(read_envelope(out.written(), read, body));
    CHECK(read == head);
    CHECK(as_text(body) == "body");
    CHECK(kind_of(out.written()) == envelope_kind::message);
  }
}

// Receivers read one message after the other into the same place.
TEST_CASE("envelope: nothing of the message before is left") {
  const envelope full = full_head();
  envelope sealed{.service = 9, .sealed = true};
  for (const envelope& before : {full, sealed}) {
    const envelope plain{.service = 7, .left_us = 5};
    message_out out;
    push_envelope(out, plain);
    envelope read = before;
    bytes_view body;
    REQUIRE(read_envelope(out.written(), read, body));
    CHECK(read == plain);
  }
}

TEST_CASE("envelope: the short way writes the same bytes") {
  const envelope plain{.service = 7, .left_us = left_to_wire(5ms), .hops = 2};
  message_out shorter;
  CHECK(push_plain_envelope(shorter, plain.service, 5ms, plain.hops) == envelope::fixed_size);
  message_out usual;
  push_envelope(usual, plain);
  CHECK(hex(shorter.written()) == hex(usual.written()));
}

TEST_CASE("envelope: what is cut, unknown or contradictory is refused") {
  message_out out;
  const std::size_t size = push_envelope(out, full_head());
  std::vector<std::byte> bytes(out.written().begin(), out.written().end());
  envelope head;
  bytes_view body;
  for (std::size_t cut = 0; cut < size; ++cut)
    CHECK_FALSE(read_envelope(bytes_view(bytes).first(cut), head, body));
  const auto with = [&](std::size_t at, unsigned value) {
    std::vector<std::byte> changed = bytes;
    changed[at] = static_cast<std::byte>(value);
    return read_envelope(changed, head, body).ok();
  };
  CHECK(with(2, 3));
  CHECK_FALSE(with(0, 0x20));  // version
  CHECK_FALSE(with(0, 0x11));  // a table
  CHECK_FALSE(with(1, 0x7f));  // unknown flag
  CHECK_FALSE(with(1, 0x17));  // exactly once, no delivery id
  CHECK_FALSE(with(3, 1));     // reserved
  CHECK_FALSE(with(31, 0));    // producer zero
  CHECK_FALSE(with(44, 0));    // attempt zero
}

TEST_CASE("envelope: time left saturates on both sides") {
  CHECK(left_to_wire(-1s) == 0);
  CHECK(left_to_wire(999ns) == 0);
  CHECK(left_to_wire(1us) == 1);
  CHECK(left_to_wire(2h) == envelope::no_limit);
  CHECK(left_from_wire(5'000'000) == 5s);
}

TEST_CASE("refusals: kind and text, bounded and made harmless") {
  message_out out;
  write_refusal(out, failure(errc::overloaded, "full"));
  CHECK(hex(out.written()) == "0366756c6c");
  CHECK(read_refusal(out.written()) == failure(errc::overloaded, "full"));
  out.clear();
  write_refusal(out, failure(errc::denied, std::string(5000, 'x')));
  CHECK(out.size() == 1 + refusal_text_max);
  CHECK(read_refusal(as_bytes("\x01"
                              "a\nb\x1b[2J"))
            .text() == "a\\x0ab\\x1b[2J");
  const failure unknown = read_refusal(as_bytes("\x63new"));
  CHECK(unknown.kind() == errc::internal);
  CHECK(unknown.code() == 0x63);
  CHECK(read_refusal({}).text() == "refused without a reason");
}

TEST_CASE("table: golden bytes, both ways") {
  const table_message table{.what = table_message::form::delta,
                            .life = 1,
                            .version = 3,
                            .base = 2,
                            .changes = {{table_change::kind::remove_service, "a.b"},
                                        {table_change::kind::add_group, "g"}}};
  message_out out;
  write_table(out, table);
  CHECK(hex(out.written()) ==
        "1101000000000000000100000000000000030000000000000002"
        "00020103612e62020167");
  const auto read = read_table(out.written());
  REQUIRE(read);
  CHECK(read->version == 3);
  REQUIRE(read->changes.size() == 2);
  CHECK(read->changes[1].name == "g");
  const std::string bytes(as_text(out.written()));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    CHECK_FALSE(read_table(as_bytes(std::string_view(bytes).substr(0, cut))));
  CHECK_FALSE(read_table(as_bytes(bytes + "x")));
}

TEST_CASE("table: names have rules") {
  CHECK(check_name("x", "orders.get_2-b"));
  CHECK_FALSE(check_name("x", ""));
  CHECK_FALSE(check_name("x", "a b"));
  CHECK_FALSE(check_name("x", std::string(129, 'a')));
  CHECK(check_name("x", std::string(128, 'a')));
}

TEST_CASE("receipts: golden bytes, both ways") {
  const std::vector<receipt> all{{{1, 2, 3, 4}, 0}, {{5, 6, 7, 8}, 3}};
  message_out out;
  write_receipts(out, all);
  CHECK(hex(out.written()) ==
        "12"
        "0000000000000001"
        "00000002"
        "0000000000000003"
        "0400"
        "0000000000000005"
        "00000006"
        "0000000000000007"
        "0803");
  std::vector<receipt> read;
  CHECK(read_receipts(out.written(), read));
  CHECK(read == all);
  CHECK_FALSE(read_receipts(out.written().first(30), read));
  CHECK_FALSE(read_receipts({}, read));
}

TEST_CASE("random bytes are read or refused, never past their end") {
  random_stream random(9);
  std::size_t read_well = 0;
  std::vector<receipt> into;
  for (int i = 0; i < 20000; ++i) {
    // On the heap and exactly as long, so that reading past the end is seen.
    std::vector<std::byte> bytes(random.below(80));
    for (std::byte& b : bytes) b = static_cast<std::byte>(random.next() >> 40);
    if (!bytes.empty()) bytes[0] = static_cast<std::byte>(0x10 + random.below(3));
    if (bytes.size() > 3) bytes[1] = static_cast<std::byte>(random.below(32)), bytes[3] = {};
    envelope head;
    bytes_view body;
    read_well += read_envelope(bytes, head, body) ? 1 : 0;
    (void)read_table(bytes);
    (void)read_receipts(bytes, into);
    (void)read_refusal(bytes);
  }
  CHECK(read_well > 100);
}

}  // namespace mw::routing
