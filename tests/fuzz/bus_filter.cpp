// bus_filter: any text is a filter that gives an answer, or a mistake with a place inside the text.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"

#include <mw/assert.h>

#include <cstdint>
#include <string>

namespace {

struct event {
  bool ready = true;
  std::int64_t offset = -3;
  std::uint64_t incarnation = 7;
  double level = 4.5;
  std::string id = "n12";
  std::string zone = "a";
  mw::duration startup{2'500'000'000};
  mw::wall_time expires{};

  static constexpr auto fields() {
    return mw::field_list(
        mw::field<&event::ready>("ready", ""), mw::field<&event::offset>("offset", ""),
        mw::field<&event::incarnation>("incarnation", ""), mw::field<&event::level>("level", ""),
        mw::field<&event::id>("id", ""), mw::field<&event::zone>("zone", ""),
        mw::field<&event::startup>("startup", ""), mw::field<&event::expires>("expires", ""));
  }
};

// What a filter says must not depend on how it was written.
void check_meaning(const mw::kernel::filter& plain, std::string_view text) {
  const event subject;
  const bool passes = plain.matches(&subject);
  const std::string negated = "not (" + std::string(text) + ")";
  const auto turned = mw::kernel::compile_filter(negated, mw::fields_of<event>);
  if (const auto* error = std::get_if<mw::kernel::filter_error>(&turned)) {
    const bool at_a_limit = error->message.starts_with("a filter may");
    MW_ASSERT(at_a_limit, "a valid filter in parentheses is valid unless it grew too large");
    return;
  }
  MW_ASSERT(std::get<mw::kernel::filter>(turned).matches(&subject) != passes, "`not` negates");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto compiled = mw::kernel::compile_filter(text, mw::fields_of<event>);
  if (const auto* error = std::get_if<mw::kernel::filter_error>(&compiled)) {
    MW_ASSERT(!error->message.empty(), "a mistake is explained");
    MW_ASSERT(error->offset <= size, "the place is in the text");
    MW_ASSERT(error->length <= size - error->offset, "the place ends in the text");
  } else {
    check_meaning(std::get<mw::kernel::filter>(compiled), text);
  }
  return 0;
}
