// text_forms: durations, sizes, rates, ranges and endpoints: what is accepted reads back the same.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>

namespace {

template <class T>
void check_round_trip(mw::result<T> (*parse)(std::string_view), std::string_view text) {
  const mw::result<T> first = parse(text);
  if (!first) {
    MW_ASSERT(first.error().kind() == mw::errc::invalid, "bad text is the writer's mistake");
    return;
  }
  const std::string printed = mw::to_string(*first);
  const mw::result<T> again = parse(printed);
  MW_ASSERT(again.ok(), "`mw config` prints values that YAML accepts");
  MW_ASSERT(*again == *first, "printing a value does not change it");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_round_trip(mw::parse_duration, text);
  check_round_trip(mw::parse_byte_size, text);
  check_round_trip(mw::parse_rate, text);
  check_round_trip(mw::parse_range, text);
  check_round_trip(mw::parse_endpoint, text);
  return 0;
}
