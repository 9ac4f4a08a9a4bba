// event_stream: any bytes of a node, cut anywhere, give the same events and bounded memory.
// SPDX-License-Identifier: Apache-2.0
// links: mw_cli
#include "cli/http/event_stream.h"

#include "cli/http/http_address.h"
#include "cli/http/http_client.h"

#include <mw/assert.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

std::string events_of(std::string_view text, std::size_t step) {
  mw::kernel::cli::event_stream events;
  std::string heard;
  for (std::size_t at = 0; at < text.size(); at += step) {
    const auto fed = events.feed(text.substr(at, step), [&](auto event, auto data) {
      heard.append(event).append("\x1f").append(data).append("\x1e");
      return true;
    });
    MW_ASSERT(fed.ok(), "the input is smaller than the largest event");
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string whole = events_of(text, size + 1);
  MW_ASSERT(whole == events_of(text, 1), "cuts do not matter");
  MW_ASSERT(whole == events_of(text, 7), "cuts do not matter");
  (void)mw::kernel::cli::parse_http_answer(text);
  if (const auto address = mw::kernel::cli::parse_http_address(text);
      address && address->path.empty())
    MW_ASSERT(mw::kernel::cli::parse_http_address(to_string(*address)).ok(), "it prints itself");
  return 0;
}
