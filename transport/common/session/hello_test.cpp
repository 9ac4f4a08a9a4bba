// hello_test: golden bytes, each bound of each field, what older and newer peers say.
// SPDX-License-Identifier: Apache-2.0
#include "hello.h"

#include "hello_samples.h"

#include <mw/random.h>

#include <doctest/doctest.h>

namespace mw::wire {
namespace {

using samples::hex;
using samples::hex_fields;
using samples::sample_hello;
using samples::with_field;

std::vector<std::byte> written(const hello& what) {
  return write_hello(what).value();
}

std::string refusal_of(bytes_view payload) {
  auto got = read_hello(payload);
  return got ? std::string("taken") : got.error().text();
}
bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("hello: golden bytes") {
  CHECK(hex(written(sample_hello())) == hex_fields());
}

TEST_CASE("hello: comes back as it was said") {
  CHECK(read_hello(written(sample_hello())).value() == sample_hello());
  hello least = sample_hello();
  least.zone = least.datacenter = least.listen = "";
  CHECK(read_hello(written(least)).value() == least);
  hello longest = sample_hello();
  for (auto* text :
       {&longest.node, &longest.cluster, &longest.zone, &longest.datacenter, &longest.codec})
    *text = std::string(name_max, 'x');
  longest.listen = std::string(listen_max, 'x');
  CHECK(read_hello(written(longest)).value() == longest);
}

TEST_CASE("hello: our own mistakes are found before they are said") {
  const auto mistake = [](auto change) {
    hello what = sample_hello();
    change(what);
    auto got = write_hello(what);
    return got ? std::string("taken") : got.error().text();
  };
  CHECK(says(mistake([](hello& h) { h.node = ""; }), "node: 0 bytes, it may have 1 to 128"));
  CHECK(says(mistake([](hello& h) { h.node = std::string(129, 'x'); }), "node: 129 bytes"));
  CHECK(says(mistake([](hello& h) { h.zone = "a\nb"; }), "zone: not UTF-8, or with control"));
  CHECK(says(mistake([](hello& h) { h.frame_max = 4095; }), "frame_max: 4095, it may be 4096 to"));
  CHECK(says(mistake([](hello& h) { h.checksums = {}; }), "checksums: none at all"));
  CHECK(says(mistake([](hello& h) { h.exchanges = 0; }), "exchanges: 0"));
}

TEST_CASE("hello: a hello cut short anywhere is refused") {
  const auto bytes = written(sample_hello());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    REQUIRE_FALSE(read_hello(bytes_view(bytes).first(size)));
}

TEST_CASE("hello: each required field is missed by name") {
  const auto all = samples::fields_of(written(sample_hello()));
  REQUIRE(all.size() == 15);
  for (const auto& [tag, value] : all) {
    const std::string text = refusal_of(samples::without_field(written(sample_hello()), tag));
    const bool optional = tag == 3 || tag == 4 || tag == 5 || tag == 9;
    INFO("tag ", tag);
    CHECK(says(text, optional ? "taken" : "missing"));
  }
  const auto bare = read_hello(samples::without_field(written(sample_hello()), 9)).value();
  CHECK(bare.compressions == compression_set(compression::none));
}

TEST_CASE("hello: bounds hold for what peers say") {
  const auto bytes = written(sample_hello());
  const auto with = [&](unsigned tag, std::string_view value) {
    return refusal_of(with_field(samples::without_field(bytes, tag), tag, as_bytes(value)));
  };
  CHECK(says(with(1, ""), "node: 0 bytes"));
  CHECK(says(with(1, std::string(129, 'x')), "node: 129 bytes, it may have 1 to 128"));
  CHECK(says(with(2, "a\x1b[31m"), "cluster: not UTF-8"));
  CHECK(says(with(3, "\xff"), "zone: not UTF-8"));
  CHECK(says(with(5, std::string(301, 'x')), "listen: 301 bytes, it may have 0 to 300"));
  CHECK(says(with(6, "1234567"), "life: 7 bytes, it has 8"));
  CHECK(says(with(8, std::string(1, '\0')), "checksums: none at all"));
  CHECK(says(with(8, "ab"), "checksums: 2 bytes, it has 1"));
  CHECK(says(with(10, std::string("\0\0\x0f\xff", 4)), "frame_max: 4095, it may be 4096"));
  CHECK(says(with(14, std::string(4, '\0')), "exchanges: 0, it may be 1"));
  CHECK(says(with(15, "123456789012345"), "nonce: 15 bytes, it has 16"));
}

TEST_CASE("hello: other protocols are told apart") {
  CHECK(says(refusal_of(as_bytes("GET / HTTP/1.1\r\n\r\n")), "no hello"));
  auto bytes = written(sample_hello());
  bytes[5] = std::byte{0};  // low
  CHECK(says(refusal_of(bytes), "versions: 0 to"));
  bytes[5] = std::byte{9};
  CHECK(says(refusal_of(bytes), "versions: 9 to 1"));
  CHECK(says(refusal_of(std::vector<std::byte>(5000)), "5000 bytes, it may have"));
}

TEST_CASE("hello: unknown fields are skipped, critical ones refused, doubles refused") {
  const auto bytes = written(sample_hello());
  const auto twice = [&](unsigned tag) {
    return with_field(with_field(bytes, tag, as_bytes("x")), tag, as_bytes("x"));
  };
  CHECK(read_hello(with_field(bytes, 100, as_bytes("of a newer version"))).value() ==
        sample_hello());
  CHECK(read_hello(with_field(bytes, 0, {})).value() == sample_hello());
  auto critical = read_hello(with_field(bytes, 0x80 | 100, as_bytes("x")));
  REQUIRE_FALSE(critical);
  CHECK(critical.error().kind() == errc::unsupported);
  CHECK(says(critical.error().text(), "field 100"));
  CHECK(says(refusal_of(twice(100)), "field 100 twice"));
  CHECK(says(refusal_of(with_field(bytes, 1, as_bytes("n2"))), "field 1 twice"));
  // The critical bit does not make a field another one.
  CHECK(says(refusal_of(with_field(bytes, 0x80 | 1, as_bytes("n2"))), "field 1 twice"));
  CHECK(
      read_hello(with_field(samples::without_field(bytes, 1), 0x80 | 1, as_bytes("n1"))).value() ==
      sample_hello());
}

TEST_CASE("hello: sets keep what is not known here") {
  const auto bytes = samples::without_field(written(sample_hello()), 8);
  const std::byte future{0b1000'0010};
  const hello got = read_hello(with_field(bytes, 8, {&future, 1})).value();
  CHECK(to_string(got.checksums) == "crc32c, 7");
  CHECK(to_string(compression_set(compression::none, compression::zstd)) == "none, zstd");
}

TEST_CASE("hello: any bytes are answered") {
  random_stream random(9);
  const auto good = written(sample_hello());
  std::size_t taken = 0;
  for (int round = 0; round < 20000; ++round) {
    auto bytes = good;
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips)
      bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
    if (random.chance(0.3)) bytes.resize(random.below(bytes.size() + 1));
    auto got = read_hello(bytes);
    if (!got) {
      REQUIRE_FALSE(got.error().text().empty());
      continue;
    }
    ++taken;
    REQUIRE(read_hello(write_hello(*got).value()).value() == *got);
  }
  CHECK(taken > 1000);
}

}  // namespace
}  // namespace mw::wire
