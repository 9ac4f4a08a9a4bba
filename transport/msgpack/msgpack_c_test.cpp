// msgpack_c_test: the same bytes as msgpack-c for the same values, in both directions.
// SPDX-License-Identifier: Apache-2.0
#define MSGPACK_NO_BOOST
#include "fixture.h"

#include <doctest/doctest.h>
#include <msgpack.hpp>

#include <limits>
#include <random>

namespace mw::msgpack {
namespace {

struct numbers {
  std::int64_t i = 0;
  std::uint64_t u = 0;
  static constexpr auto fields() {
    return field_list(field<&numbers::i>("i", "."), field<&numbers::u>("u", "."));
  }
};

template <class Pack>
std::string theirs(Pack pack) {
  ::msgpack::sbuffer bytes;
  ::msgpack::packer<::msgpack::sbuffer> packer(bytes);
  pack(packer);
  return {bytes.data(), bytes.size()};
}

std::string their_order(const order& o) {
  return theirs([&](auto& p) {
    p.pack_array(12);
    p.pack(o.id).pack(o.change).pack(o.level).pack(o.port).pack(o.paid).pack(o.weight);
    p.pack(o.price).pack(o.note).pack_array(static_cast<std::uint32_t>(o.lines.size()));
    for (const line& one : o.lines) p.pack_array(2).pack(one.item).pack(one.count);
    p.pack_array(static_cast<std::uint32_t>(o.deltas.size()));
    for (const std::int32_t one : o.deltas) p.pack(one);
    if (o.coupon)
      p.pack(*o.coupon);
    else
      p.pack_nil();
    p.pack_bin(static_cast<std::uint32_t>(o.document.size()));
    p.pack_bin_body(o.document.text().data(), static_cast<std::uint32_t>(o.document.size()));
  });
}

TEST_CASE("integers around every border have the form that msgpack-c gives them") {
  test_codec codec;
  for (int bit = 0; bit < 64; ++bit)
    for (int near = -2; near <= 2; ++near) {
      numbers n;
      n.u = (std::uint64_t{1} << bit) + static_cast<std::uint64_t>(near);
      for (const std::uint64_t bits : {n.u, 0 - n.u}) {
        n.i = static_cast<std::int64_t>(bits);
        const std::string bytes = codec.bytes_of(n).value();
        CHECK(bytes == theirs([&](auto& p) { p.pack_array(2).pack(n.i).pack(n.u); }));
        numbers back;
        CHECK(codec.read(bytes, back).ok());
        CHECK((back.i == n.i && back.u == n.u));
      }
    }
}

TEST_CASE("lengths around every border, too") {
  test_codec codec({.nodes = 1 << 20});
  for (const std::size_t size :
       {0U,  1U,  3U,  4U,   7U,   8U,    9U,    15U,     16U,     31U,    32U,
        63U, 64U, 65U, 255U, 256U, 4095U, 4096U, 65'535U, 65'536U, 70'000U}) {
    CAPTURE(size);
    order o{.weight = 0.5F, .price = 0.1, .note = std::string(size, 'n')};
    o.document = slice::copy_of(std::string(size, '\xfe'));
    o.lines.resize(size % 70'000 > 20'000 ? 0 : size % 20'000);
    o.deltas.assign(std::min<std::size_t>(size, 40'000), -1);
    const std::string bytes = codec.bytes_of(o).value();
    CHECK((bytes == their_order(o)));
    order back;
    CHECK(codec.read(bytes, back).ok());
    CHECK(back.note == o.note);
    CHECK(back.document.text() == o.document.text());
    CHECK((back.lines == o.lines && back.deltas == o.deltas));
  }
}

// msgpack-c writes 1.0 as 1; ours keeps reals reals, and reads both.
TEST_CASE("whole reals: ours stay reals, theirs are read") {
  test_codec codec;
  order o{.weight = 3, .price = -7};
  order back;
  CHECK(codec.read(their_order(o), back).ok());
  CHECK((back.weight == 3 && back.price == -7));
  const std::string bytes = codec.bytes_of(o).value();
  const auto handle = ::msgpack::unpack(bytes.data(), bytes.size());
  CHECK(handle->via.array.ptr[5].type == ::msgpack::type::FLOAT32);
  CHECK(handle->via.array.ptr[6].as<double>() == -7);
}

TEST_CASE("msgpack-c reads what ours writes") {
  test_codec codec;
  const order o{.id = 1ULL << 63, .change = -5, .note = "n", .lines = {{"a", 1}}, .coupon = "c"};
  const std::string bytes = codec.bytes_of(o).value();
  const auto handle = ::msgpack::unpack(bytes.data(), bytes.size());
  const auto& all = handle->via.array;
  REQUIRE(all.size == 12);
  CHECK(all.ptr[0].as<std::uint64_t>() == 1ULL << 63);
  CHECK(all.ptr[1].as<std::int64_t>() == -5);
  CHECK(all.ptr[7].as<std::string>() == "n");
  CHECK(all.ptr[8].via.array.ptr[0].via.array.ptr[1].as<std::uint32_t>() == 1);
  CHECK(all.ptr[10].as<std::string>() == "c");
  CHECK(all.ptr[11].type == ::msgpack::type::BIN);
}

}  // namespace
}  // namespace mw::msgpack
