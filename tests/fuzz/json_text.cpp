// json_text: any bytes may go into the JSON writer; what comes out is valid, escaped UTF-8.
// SPDX-License-Identifier: Apache-2.0
#include <mw/assert.h>
#include <mw/toolkit/json_writer.h>
#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  mw::json_writer json;
  json.begin_object().key(text).value(text).end_object();
  const std::string& out = json.text();
  MW_ASSERT(mw::is_utf8(out), "JSON is UTF-8");
  MW_ASSERT(std::none_of(out.begin(), out.end(),
                         [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
            "control characters are escaped");
  MW_ASSERT(out.front() == '{' && out.back() == '}', "the object is closed");
  return 0;
}
