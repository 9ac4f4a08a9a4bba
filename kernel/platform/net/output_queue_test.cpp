// output_queue_test: order, partial sends and the mix of copied and shared bytes.
// SPDX-License-Identifier: Apache-2.0
#include "output_queue.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace mw::kernel {

namespace {

// Sends like a system that takes at most `most` bytes of at most `parts` parts.
std::string send_some(output_queue& queue, std::size_t parts, std::size_t most) {
  std::array<iovec, 16> vectors;
  const std::size_t used = queue.gather(std::span(vectors).first(parts));
  std::string out;
  for (std::size_t i = 0; i < used; ++i)
    out.append(static_cast<const char*>(vectors[i].iov_base), vectors[i].iov_len);
  out.resize(std::min(out.size(), most));
  queue.consume(out.size());
  return out;
}

// Writes to lent memory; with `sends` everything else leaves while it is lent.
std::string fill_lent(output_queue& queue, std::string_view bytes, bool sends, std::string& sent) {
  const std::span<std::byte> room = queue.lend(bytes.size());
  if (room.empty()) return {};
  REQUIRE(room.size() >= bytes.size());
  std::memcpy(room.data(), bytes.data(), bytes.size());
  while (sends && !queue.empty()) sent += send_some(queue, 16, 1 << 20);
  queue.take_back(bytes.size());
  return std::string(bytes);
}

}  // namespace

TEST_CASE("every mix of writes and sends keeps the order") {
  std::uint32_t state = 7;
  const auto next = [&state](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (int round = 0; round < 50; ++round) {
    slab_pool slabs;
    output_queue queue(slabs);
    std::string written;
    std::string sent;
    for (int step = 0; step < 200; ++step) {
      const std::uint32_t size = next(10) == 0 ? next(200'000) : next(3000);
      const std::string bytes(size, static_cast<char>('a' + step % 26));
      if (next(2) == 0) {
        const std::uint32_t how = next(3);
        if (how == 0)
          queue.copy(as_bytes(bytes));
        else if (how == 1)
          queue.keep(slice::copy_of(bytes));
        if (how < 2) written += bytes;
        if (how == 2) written += fill_lent(queue, bytes, next(2) == 0, sent);
      } else {
        sent += send_some(queue, 1 + next(16), next(100'000));
      }
      REQUIRE(queue.size() == written.size() - sent.size());
    }
    while (!queue.empty()) sent += send_some(queue, 16, 1 << 20);
    REQUIRE(sent == written);
  }
}

TEST_CASE("small slices are copied together, large ones are kept") {
  slab_pool slabs;
  output_queue queue(slabs);
  std::array<iovec, 8> parts;
  for (int i = 0; i < 10; ++i) queue.keep(slice::copy_of("small"));
  CHECK(queue.gather(parts) == 1);
  const slice large = slice::copy_of(std::string(5000, 'x'));
  queue.keep(large);
  REQUIRE(queue.gather(parts) == 2);
  CHECK(parts[1].iov_base == static_cast<const void*>(large.view().data()));
  queue.copy(as_bytes("after"));
  CHECK(queue.gather(parts) == 3);
  queue.clear();
  CHECK(queue.empty());
  CHECK(queue.gather(parts) == 0);
}

// A connection breaks while its owner still fills what was lent: nobody else may get the memory.
TEST_CASE("lent memory outlives the queue's content") {
  slab_pool slabs;
  output_queue queue(slabs);
  const std::span<std::byte> room = queue.lend(100);
  REQUIRE(room.size() == slab_bytes);
  queue.clear();
  CHECK(slabs.take()->data() != room.data());
  queue.take_back(50);
  queue.clear();  // as the stream does once more
  CHECK(queue.empty());
  CHECK(slabs.take()->data() == room.data());
  CHECK(queue.lend(slab_bytes + 1).empty());
}

TEST_CASE("a slab that was lent for nothing goes back") {
  slab_pool slabs;
  output_queue queue(slabs);
  const std::byte* const first = queue.lend(1).data();
  queue.take_back(0);
  CHECK(slabs.take()->data() == first);
}

}  // namespace mw::kernel
