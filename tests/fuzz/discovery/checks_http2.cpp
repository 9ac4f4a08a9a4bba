// checks_http2: fuzzes frames of HTTP/2 and header blocks: every cut means the same.
// SPDX-License-Identifier: Apache-2.0
// links: discovery_checks_objects
#include "wire/grpc_exchange.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

mw::checks::finding ask(std::string_view text, std::size_t piece) {
  mw::checks::grpc_exchange talk(mw::checks::grpc_question{"s", "h:1", false, mw::duration(1)});
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (talk.feed(text.substr(at, piece))) return talk.outcome();
    // Each frame is answered by one of its own size at most.
    if (talk.take_output().size() > 1000 + 2 * piece) std::abort();
  }
  talk.end();
  return talk.outcome();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto whole = ask(text, size + 1);
  const auto cut = ask(text, 5);
  if (whole.verdict != cut.verdict) std::abort();
  const bool clean = std::all_of(whole.output.begin(), whole.output.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 32 && static_cast<unsigned char>(c) < 127;
  });
  if (!clean || whole.output.empty() || whole.output.size() > 400) std::abort();
  // The same bytes as one header block, twice: the table of the first is there for the second.
  mw::checks::hpack_decoder one;
  for (int i = 0; i < 2; ++i) {
    const auto block = one.decode(text);
    if (!block) break;
    std::size_t bytes = 0;
    for (const auto& h : *block) bytes += h.name.size() + h.value.size();
    if (bytes > mw::checks::hpack_decoder::list_max) std::abort();
    if (block->size() > mw::checks::hpack_decoder::count_max) std::abort();
  }
  return 0;
}
