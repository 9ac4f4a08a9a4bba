// link_hello: any bytes as hellos are refused in words, or come back; both sides agree alike.
// SPDX-License-Identifier: Apache-2.0
// links: mw_transport_common
#include "common/session/session.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace {

using mw::bytes_view;
using mw::wire::hello;
using mw::wire::role;
using mw::wire::session;
using mw::wire::spoken_hello;

hello ours() {
  hello h;
  h.node = "n1";
  h.cluster = "demo";
  h.codec = "msgpack/1";
  h.checksums.add(mw::wire::checksum::none);
  h.compressions.add(mw::wire::compression::lz4);
  return h;
}

std::optional<spoken_hello> read(bytes_view payload) {
  auto got = mw::wire::read_hello(payload);
  if (!got) {
    MW_ASSERT(!got.error().text().empty(), "a refusal is explained");
    return std::nullopt;
  }
  for (const std::string* text : {&got->node, &got->cluster, &got->listen, &got->codec})
    MW_ASSERT(mw::is_utf8(*text) && text->size() <= mw::wire::listen_max, "texts are bounded");
  auto again = mw::wire::write_hello(*got);
  MW_ASSERT(again.ok(), "what was taken may be said");
  MW_ASSERT(mw::wire::read_hello(*again).value() == *got, "what is said comes back");
  return spoken_hello{std::move(*got), {payload.begin(), payload.end()}};
}

void check_equal(const session& a, const session& b) {
  MW_ASSERT(a.version == b.version && a.sum == b.sum && a.packed == b.packed, "one choice");
  MW_ASSERT(a.frame_max == b.frame_max && a.message_max == b.message_max, "one limit");
  MW_ASSERT(a.stream_window == b.stream_window && a.link_window == b.link_window, "one window");
  MW_ASSERT(a.transcript == b.transcript, "one transcript");
  MW_ASSERT(a.frame_max <= mw::wire::frame_max, "our own limits hold");
}

void negotiate(const spoken_hello& a, const spoken_hello& b) {
  auto one = mw::wire::negotiate(a, b, role::dialler);
  auto other = mw::wire::negotiate(b, a, role::listener);
  MW_ASSERT(one.ok() == other.ok(), "both agree or both refuse");
  if (!one)
    MW_ASSERT(one.error().kind() == other.error().kind(), "for the same reason");
  else
    check_equal(*one, *other);
}

}  // namespace

// A size as u16, a hello of so many bytes, and another hello.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  bytes_view rest = std::as_bytes(std::span(data, size)).subspan(2);
  const std::size_t first = std::min<std::size_t>(data[0] << 8 | data[1], rest.size());
  const auto a = read(rest.first(first));
  const auto b = read(rest.subspan(first));
  const spoken_hello mine{ours(), mw::wire::write_hello(ours()).value()};
  if (a) negotiate(mine, *a);
  if (b) negotiate(*b, mine);
  if (a && b) negotiate(*a, *b);
  return 0;
}
