// echo_test: what is sent comes back as it was, and what sinks is counted.
// SPDX-License-Identifier: Apache-2.0
#include <mw/rpc.h>
#include <mw/testing.h>

#include <string>
#include <vector>

namespace {

std::string library(const std::string& type) {
  return std::string(MW_PLUGINS) + "/" + type + ".so";
}

// A node that talks to itself: calls to own services need no link.
mw::test_setup alone() {
  return {.libraries = {MW_PLUGIN_FILE, library("transport.loopback"), library("transport.msgpack"),
                        library("transport.pool"), library("routing")},
          .yaml = R"(
node: { id: n1 }
plugins:
  link: { use: transport.loopback }
  codec: { use: transport.msgpack }
  pool: { use: transport.pool }
  routing: { use: routing }
  subject: { use: echo }
)"};
}

struct heard {
  std::vector<std::string> bodies;
  std::vector<mw::errc> failures;
};

// Calls `service` with these bytes as they are.
void call(mw::test_node& node, const std::string& service, const std::string& bytes, heard& to) {
  node.in_turn([&] {
    auto& router = *node.contract<mw::router>("routing");
    const auto opened = router.open(service);
    REQUIRE(opened);
    mw::message_out& out = router.tools().out;
    out.append(mw::slice::copy_of(bytes));
    mw::route where;
    where.service = *opened;
    const auto called = router.call(where, out, [&to](const mw::answer& a) {
      if (a.error != nullptr)
        to.failures.push_back(a.error->kind());
      else
        to.bodies.emplace_back(mw::as_text(a.body.bytes));
    });
    REQUIRE(called);
  });
  node.run_for(mw::duration(10'000'000));
}

}  // namespace

TEST_CASE("echo: any bytes come back as they were") {
  mw::test_node node(alone());
  REQUIRE(node.ready());
  heard answers;
  const std::string large(100'000, 'x');
  for (const std::string& body : {std::string(), std::string("\0\xff\xc1", 3), large})
    call(node, "mw.echo", body, answers);
  CHECK(answers.failures.empty());
  REQUIRE(answers.bodies.size() == 3);
  CHECK(answers.bodies[0].empty());
  CHECK(answers.bodies[1] == std::string("\0\xff\xc1", 3));
  CHECK(answers.bodies[2] == large);
  CHECK(node.metric("mw_echo_echoed_total") == 3);
}

TEST_CASE("echo: the sink counts messages and bytes, and tells") {
  mw::test_node node(alone());
  heard answers;
  call(node, "mw.echo.sink", "abc", answers);
  call(node, "mw.echo.sink", "defgh", answers);
  call(node, "mw.echo.count", "", answers);
  REQUIRE(answers.bodies.size() == 3);
  CHECK(answers.bodies[2] == std::string("\x92\x02\x08"));  // msgpack: [2, 8]
  CHECK(node.metric("mw_echo_sunk_total") == 2);
}
