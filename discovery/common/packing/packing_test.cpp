// packing_test: what was written is read; what is not there fails once and for all.
// SPDX-License-Identifier: Apache-2.0
#include "common/packing/packing.h"

#include <doctest/doctest.h>

namespace mw::packing {

TEST_CASE("packing: what was written is read") {
  std::string out;
  put(out, std::uint16_t{0x0102});
  put(out, ~std::uint64_t{0});
  put_real(out, -0.5);
  put_short(out, "ab");
  put_long(out, "cde");
  CHECK(out.substr(0, 2) == "\x01\x02");
  byte_reader in(out);
  CHECK(in.number<std::uint16_t>() == 0x0102);
  CHECK(in.number<std::uint64_t>() == ~std::uint64_t{0});
  CHECK(in.real() == -0.5);
  CHECK(in.short_text() == "ab");
  CHECK(in.left() == 5);
  CHECK(in.long_text() == "cde");
  CHECK(in.empty());
  CHECK(!in.failed());
}

TEST_CASE("packing: cut at every byte, nothing is read beyond the end") {
  std::string whole;
  put(whole, std::uint32_t{7});
  put_short(whole, "abc");
  put(whole, std::uint8_t{9});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    byte_reader in(std::string_view(whole).substr(0, size));
    (void)in.number<std::uint32_t>();
    const std::string_view text = in.short_text();
    CHECK((text.empty() || text == "abc"));
    CHECK(in.number<std::uint8_t>() == 0);
    CHECK(in.failed());
    CHECK(in.left() == 0);
    CHECK(in.text(0).empty());
  }
}

TEST_CASE("packing: texts longer than their length can say are cut") {
  std::string out;
  put_short(out, std::string(300, 'x'));
  CHECK(out.size() == 256);
  out.clear();
  put_long(out, std::string(70'000, 'x'));
  CHECK(out.size() == 65'537);
}

}  // namespace mw::packing
