// wire_test: golden bytes, one form for everything, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "core/wire.h"

#include "core/wire_entry.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace mw::anti_entropy {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    out += {digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::string protocol() {
  std::ifstream in(MW_PROTOCOL);
  std::stringstream text;
  text << in.rdbuf();
  std::string out = text.str();
  std::erase_if(out, [](char c) { return c == ' ' || c == '\n'; });  // lines are broken there
  return out;
}

// The example in PROTOCOL.md is what the code writes, and is read back as it was.
void check_golden(const message& what, std::string_view expected) {
  const std::string bytes = encode(what);
  CHECK(hex(bytes) == expected);
  CHECK_MESSAGE(protocol().find(expected) != std::string::npos, expected, " is not in PROTOCOL.md");
  const auto read = decode(bytes);
  REQUIRE(read.ok());
  CHECK(encode(*read) == bytes);
}

entry some_register() {
  return {entry_kind::value,
          "a",
          {{{{"n1", 1}, 5}, {{"n2", 2}, 6}}, {{{"n1", 1}, 5, "x"}, {{"n2", 2}, 6, "yz"}}},
          {},
          {}};
}

bool refused(std::string_view bytes) {
  return !decode(bytes).ok();
}

std::string with(const entry& one) {
  return encode(push_message{{one}});
}

}  // namespace

TEST_CASE("wire: golden bytes") {
  check_golden(root_message{rank::resident, 0x0102030405060708}, "0101020102030405060708");
  check_golden(same_message{rank::stranger}, "010201");
  branches_message branches{rank::newcomer, {}};
  branches.branches[15] = 0xff;
  check_golden(branches, "010300" + std::string(240, '0') + "00000000000000ff");
  buckets_message buckets{{{3, {}}}};
  buckets.branches[0].second[0] = 1;
  check_golden(buckets,
               "01040103"
               "0000000000000001" +
                   std::string(240, '0'));
  check_golden(digests_message{true, {{0x2a, {{0x2a00000000000001, 2}}}}},
               "01050100012a00012a000000000000010000000000000002");
  check_golden(exchange_message{{some_register()}, {9}},
               "01060001010161000202"
               "6e310000000000000001"
               "0000000000000005"
               "026e320000000000000002"
               "0000000000000006"
               "02"
               "00000000000000000005000178"
               "000100000000000000060002797a"
               "00010000000000000009");
  check_golden(taken_message{1, {{entry_kind::value, "r", {{{{"n1", 1}, 4}}, {}}, {}, 77s}}},
               "010700010001"
               "01017200"
               "01026e3100000000000000010000000000000004"
               "000000004d");
  check_golden(push_message{{{entry_kind::counter, "c", {}, {{{"n1", 1}, {3, 1}}}, {}}}},
               "01080001"
               "0201630001026e310000000000000001"
               "0000000000000003"
               "0000000000000001");
}

TEST_CASE("wire: each message that is cut, or has one byte more, is refused") {
  const std::vector<message> all{root_message{rank::resident, 1},
                                 same_message{},
                                 branches_message{},
                                 buckets_message{{{3, {}}}},
                                 digests_message{false, {{0, {{1, 2}}}}},
                                 exchange_message{{some_register()}, {9}},
                                 taken_message{1, {some_register()}},
                                 push_message{{some_register()}}};
  for (const message& one : all) {
    const std::string bytes = encode(one);
    REQUIRE(decode(bytes).ok());
    for (std::size_t i = 0; i < bytes.size(); ++i) CHECK(refused(bytes.substr(0, i)));
    CHECK(refused(bytes + '\0'));
  }
  CHECK(decode("").error().kind() == errc::unsupported);
  CHECK(decode(std::string("\x02\x01", 2)).error().kind() == errc::unsupported);
  CHECK(refused(std::string("\x01\x09", 2)));
  CHECK(decode(std::string(message_max + 1, '\x01')).error().text().find("at most 131072") !=
        std::string::npos);
}

TEST_CASE("wire: entries that break a rule of the model are refused") {
  REQUIRE(decode(with(some_register())).ok());
  const auto broken = [](auto change) {
    entry one = some_register();
    change(one);
    return refused(with(one));
  };
  CHECK(broken([](entry& e) { e.name = ""; }));
  CHECK(broken([](entry& e) { e.name = "a/b"; }));
  CHECK(broken([](entry& e) { e.name = std::string(129, 'a'); }));
  CHECK(broken([](entry& e) { e.held.values[0].number = 6; }));  // not seen
  CHECK(broken([](entry& e) { e.held.values[0].number = 0; }));
  CHECK(broken([](entry& e) { e.held.values[1] = e.held.values[0]; }));  // two of one writer
  CHECK(broken([](entry& e) { std::swap(e.held.values[0], e.held.values[1]); }));
  CHECK(broken([](entry& e) { e.held.values[0].value = std::string(1025, 'x'); }));
  CHECK(broken([](entry& e) { e.held = {}; }));
  CHECK(broken([](entry& e) { e.held.seen[{"", 1}] = 1; }));
  CHECK(broken([](entry& e) { e.held.seen[{"n3", 1}] = 0; }));
  CHECK(broken([](entry& e) { e.held.seen[{std::string(200, 'n'), 1}] = 1; }));
  CHECK(broken([](entry& e) {
    for (std::uint64_t i = 0; i < writers_hard; ++i) e.held.seen[{"x", i}] = 1;
  }));
  CHECK(broken([](entry& e) {
    e.held = {};
    for (std::uint64_t i = 0; i <= siblings_max; ++i) {
      e.held.seen[{"x", i}] = 1;
      e.held.values.push_back({{"x", i}, 1, ""});
    }
  }));
  entry counter{entry_kind::counter, "c", {}, {{{"n1", 1}, {amount_max, 0}}}, {}};
  CHECK_FALSE(refused(with(counter)));
  counter.sums[{"n1", 1}].added = amount_max + 1;
  CHECK(refused(with(counter)));
  counter.sums[{"n1", 1}] = {0, 0};
  CHECK(refused(with(counter)));
}

TEST_CASE("wire: lists that are out of order or claim what is not there are refused") {
  CHECK(refused(encode(buckets_message{{{3, {}}, {3, {}}}})));
  CHECK(refused(encode(buckets_message{{{16, {}}}})));
  CHECK(refused(encode(digests_message{false, {{1, {}}, {0, {}}}})));
  CHECK(refused(encode(digests_message{false, {{1, {{2, 3}}}}})));  // a key of another bucket
  CHECK(refused(encode(digests_message{false, {{0, {{2, 3}, {2, 3}}}}})));
  CHECK(refused(std::string("\x01\x08\xff\xff", 4)));
  CHECK(refused(std::string("\x01\x01\x03\0\0\0\0\0\0\0\0", 11)));  // no such rank
}

TEST_CASE("wire: the largest entry fits into a message that is full already") {
  entry large{entry_kind::value, std::string(name_max, 'a'), {}, {}, {}};
  for (std::uint64_t i = 0; i < writers_hard; ++i) {
    const writer by{std::string(name_max, 'n'), i};
    large.held.seen[by] = 1;
    if (i < siblings_max) large.held.values.push_back({by, 1, std::string(value_max, 'v')});
  }
  CHECK(message_fill + footprint_of(large).bytes + 64 < message_max);
  CHECK(decode(with(large)).ok());
  CHECK(footprint_of(large).digest != 0);
}

}  // namespace mw::anti_entropy
