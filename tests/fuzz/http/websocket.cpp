// websocket: any bytes as client frames, cut anywhere, give the same bounded, valid messages.
// SPDX-License-Identifier: Apache-2.0
// links: http_objects
#include "push/websocket.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using mw::http::websocket_event;

constexpr std::size_t message_bytes_max = 300;

void check(websocket_event event, const mw::http::websocket_decoder& decoder) {
  const std::string_view payload = decoder.payload();
  switch (event) {
    case websocket_event::more:
    case websocket_event::binary:
      MW_ASSERT(payload.size() <= message_bytes_max, "messages are bounded");
      break;
    case websocket_event::text:
      MW_ASSERT(payload.size() <= message_bytes_max, "messages are bounded");
      MW_ASSERT(mw::is_utf8(payload), "text is UTF-8");
      break;
    case websocket_event::ping:
    case websocket_event::pong:
      MW_ASSERT(payload.size() <= 125, "control frames are small");
      break;
    case websocket_event::close:
      MW_ASSERT(mw::is_utf8(payload), "reasons are UTF-8");
      MW_ASSERT(
          decoder.code() == mw::http::close_code::none || mw::http::is_close_code(decoder.code()),
          "only codes that may be sent are heard");
      break;
    case websocket_event::violation:
      MW_ASSERT(mw::http::is_close_code(decoder.code()), "violations have an answer");
      MW_ASSERT(!payload.empty(), "violations say why");
      break;
  }
}

std::string listen(std::string_view bytes, std::size_t piece) {
  mw::http::websocket_decoder decoder(message_bytes_max);
  std::string out;
  while (!bytes.empty()) {
    std::string_view in = bytes.substr(0, piece);
    bytes.remove_prefix(in.size());
    while (!in.empty()) {
      const auto event = decoder.feed(in);
      check(event, decoder);
      if (event == websocket_event::more) continue;
      out += static_cast<char>(event);
      out.append(decoder.payload()).append(std::to_string(decoder.code()));
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = listen(bytes, size);
  MW_ASSERT(listen(bytes, 1) == whole, "single bytes give the same outcome");
  MW_ASSERT(listen(bytes, 7) == whole, "small pieces give the same outcome");
  return 0;
}
