// strangers: inputs of those who have not said who they are, and what they make a node allocate.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench.h"
#include "testing/wire_end.h"

#include <algorithm>
#include <string>
#include <vector>

namespace mw::pool {

// Bytes asked for while a stranger says `words`, over bytes that it sent, in cuts of `cut`.
inline double amplification(const std::string& words, std::size_t cut) {
  wire_end end;
  (void)end.stream->take();
  std::size_t said = 0;
  const std::uint64_t before = bench::allocated_bytes();
  for (; said < words.size() && !end.down; said += cut) end.say_raw(words.substr(said, cut));
  const std::uint64_t asked = bench::allocated_bytes() - before;
  // A stranger has to send a packet for anything: what is below its headers does not count.
  return static_cast<double>(asked) / static_cast<double>(std::max(said, std::size_t{512}));
}

inline std::string hello_like(std::size_t length, std::size_t bytes) {
  std::string words;
  for (int shift = 24; shift >= 0; shift -= 8) words += static_cast<char>(length >> shift & 255);
  return words + std::string(bytes, '\0');
}

struct stranger {
  const char* kind;
  std::string words;
  std::size_t cut;
};

inline std::vector<stranger> strangers() {
  return {
      {"the largest length there is", std::string("\xff\xff\xff\xff", 4), 4},
      {"the largest length allowed, nothing behind it", hello_like(4096, 10), 14},
      {"the largest length allowed, in single bytes", hello_like(4096, 4000), 1},
      {"a length of nothing", std::string(4, '\0'), 4},
      {"HTTP", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 64},
      {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01", 6) + std::string(512, 'x'), 518},
      {"noise", std::string(65536, '\xa5'), 1460},
      {"empty frames", std::string(65536, '\0'), 1460},
  };
}

}  // namespace mw::pool
