// codec_allocations_test: once it knows a type, the codec asks for no memory; bad input for little.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "fixture.h"

#include <doctest/doctest.h>

namespace mw::msgpack {
namespace {

struct views {
  std::uint64_t id = 0;
  std::string_view name;
  bytes_view body;
  std::optional<double> price;
  std::int32_t region = 0;
  static constexpr auto fields() {
    return field_list(field<&views::id>("id", "."), field<&views::name>("name", "."),
                      field<&views::body>("body", "."), field<&views::price>("price", "."),
                      field<&views::region>("region", "."));
  }
};

template <class Action>
std::uint64_t allocations_in(Action action) {
  const std::uint64_t before = bench::allocation_count();
  action();
  return bench::allocation_count() - before;
}

TEST_CASE("encoding and decoding into views allocates nothing") {
  test_codec codec;
  const std::string body(3000, 'b');
  const views from{.id = 7, .name = "a name that is long enough", .body = as_bytes(body)};
  message_out out;
  CHECK(encode(*codec, from, out).ok());  // learns the type, and how long messages are
  views back;
  CHECK(allocations_in([&] {
          for (int i = 0; i < 1000; ++i) {
            out.clear();
            CHECK(encode(*codec, from, out).ok());
            CHECK(decode(*codec, payload{out.written()}, back).ok());
          }
        }) == 0);
  CHECK(back.body.size() == body.size());
}

TEST_CASE("slices are shared without allocating, on both ways") {
  struct holder {
    slice body;
    static constexpr auto fields() { return field_list(field<&holder::body>("body", ".")); }
  };
  test_codec codec;
  const holder from{slice::copy_of(std::string(100'000, 'x'))};
  message_out out;
  CHECK(encode(*codec, from, out).ok());
  CHECK(allocations_in([&] {
          for (int i = 0; i < 100; ++i) {
            out.clear();
            CHECK(encode(*codec, from, out).ok());
          }
        }) == 0);
  const slice owner = slice::copy_of("\x91\xc4\x05hello");
  holder back;
  CHECK(allocations_in([&] {
          for (int i = 0; i < 100; ++i)
            CHECK(decode(*codec, payload{owner.view(), &owner}, back).ok());
        }) == 0);
  CHECK(back.body.text() == "hello");
}

// Counted in bytes: a header that lies costs a sentence, not what it claims.
TEST_CASE("bad input costs less than a kilobyte and a half") {
  test_codec codec;
  using std::string_literals::operator""s;
  const std::string bomb = "\x91" + std::string(5'000'000, '\x91');
  tree to;
  REQUIRE(decode(*codec, payload{as_bytes("\x91\x90")}, to).ok());  // learns the type
  for (const std::string& bad : {"\x91\xdd\x80\x00\x00\x00"s, "\x91\xdd\xff\xff\xff\xff\x90"s,
                                 "\x91\xdb\xff\xff\xff\xff"s, "\xc1"s}) {
    const std::uint64_t before = bench::allocated_bytes();
    CHECK(!decode(*codec, payload{as_bytes(bad)}, to).ok());
    CHECK(bench::allocated_bytes() - before < 1536);
  }
  const std::uint64_t before = bench::allocated_bytes();
  CHECK(!decode(*codec, payload{as_bytes(bomb)}, to).ok());
  CHECK(bench::allocated_bytes() - before < 8192);  // one element for each of its levels
}

TEST_CASE("one flipped bit never makes lists larger than the limit") {
  constexpr std::size_t decoded = 4096;
  test_codec codec({.depth = 32, .nodes = 65'536, .decoded = decoded});
  order from{.note = "note", .lines = {{"a", 1}, {"b", 2}}, .deltas = {1, 2, 3}};
  const std::string bytes = codec.bytes_of(from).value();
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    order back;
    const std::uint64_t before = bench::allocated_bytes();
    const bool accepted = decode(*codec, payload{as_bytes(flipped)}, back).ok();
    CHECK(bench::allocated_bytes() - before <= decoded + 2 * bytes.size() + 1536);
    bench::keep(accepted);
  }
}

}  // namespace
}  // namespace mw::msgpack
