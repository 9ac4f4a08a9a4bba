// memory_test: what an idle link costs, counted in bytes of the heap.
// SPDX-License-Identifier: Apache-2.0
#include "tls_node.h"

#include <mw/transport.h>

#include <doctest/doctest.h>
#include <malloc.h>

#include <memory>
#include <vector>

namespace mw::tls {
namespace {

constexpr std::size_t links = 128;

struct idle_end final : stream_events {
  explicit idle_end(mw::link to) : link(std::move(to)) { link.bytes->start(*this); }
  void on_data(bytes_view bytes) override { heard += bytes.size(); }
  void on_writable() override {}
  void on_end() override {}
  void on_closed(const failure&) override {}
  mw::link link;
  std::size_t heard = 0;
};

std::size_t heap_in_use() {
  const struct mallinfo2 now = mallinfo2();
  return now.uordblks + now.hblkhd;
}

// Bytes for each end of a link of `setup`, both of which are in this process; of the links after a
// first one, when all have said something and are at rest.
double bytes_for_each_end(const test_setup& setup) {
  test_node node(setup);
  REQUIRE_MESSAGE(node.ready(), node.failed());
  std::vector<std::unique_ptr<idle_end>> ends;
  std::vector<dial_ptr> dials;
  listener_ptr door;
  const auto add = [&](link one) { ends.push_back(std::make_unique<idle_end>(std::move(one))); };
  node.in_turn([&] {
    door = node.contract<mw::transport>()->listen({.host = "0.0.0.0", .port = 0}, add).value();
  });
  std::size_t made = 0;
  const auto connect = [&] {
    node.in_turn([&] {
      const dial_request request{.to = {.host = "127.0.0.1", .port = door->local().port},
                                 .deadline = 5s};
      dials.push_back(node.contract<mw::transport>()->dial(
          request, [&add](result<link> outcome) { add(std::move(outcome).value()); }));
    });
    made += 2;
    REQUIRE(node.run_until([&] { return ends.size() == made; }));
    node.in_turn([&] { dials.clear(); });
  };
  ends.reserve(2 * links + 2);
  connect();
  const std::size_t before = heap_in_use();
  for (std::size_t i = 0; i < links; ++i) connect();
  // One after the other: what a turn needs at once is kept for the next, for all links together.
  for (const auto& one : ends)
    node.in_turn([&] { (void)one->link.bytes->write(as_bytes(std::string(4096, 'w'))); });
  REQUIRE(
      node.run_until([&] { return ends.front()->heard == 4096 && ends.back()->heard == 4096; }));
  node.run_for(3s);
  const std::size_t after = heap_in_use();
  node.in_turn([&] {
    dials.clear();
    ends.clear();
    door.reset();
  });
  return static_cast<double>(after - before) / (2.0 * links);
}

}  // namespace

TEST_CASE(
    "an idle link costs no more than a tenth below its bar of 20 KiB, all below it included") {
  const double plain = bytes_for_each_end(
      {.libraries = tls_libraries(),
       .yaml = "node: { id: n1, cluster: test }\n"
               "plugins:\n  subject: { use: transport.tcp, listen: \"127.0.0.1:0\" }\n"});
  const double secure = bytes_for_each_end(tls_over("transport.tcp, listen: \"127.0.0.1:0\""));
  MESSAGE("bytes for each end: " << secure << ", of which " << secure - plain << " for TLS");
  // The pool's own part of a link has its bar elsewhere: 1.5 KiB.
  CHECK(secure + 1536 <= 18 * 1024);
  // OpenSSL's own state, without certificates and buffers, is 12.4 KiB.
  CHECK(secure - plain <= 15 * 1024);
}

}  // namespace mw::tls
