// sse_test: the event-stream format, with data that tries to leave its event.
// SPDX-License-Identifier: Apache-2.0
#include "push/sse.h"

#include <doctest/doctest.h>

TEST_CASE("events") {
  const auto event = [](std::string_view name, std::string_view data) {
    std::string out;
    return mw::http::append_sse_event(out, name, data) ? out : "refused" + out;
  };
  CHECK(event("peer.up", "{}") == "event: peer.up\ndata: {}\n\n");
  CHECK(event("", "") == "data: \n\n");
  CHECK(event("", "a\nb\r\nc\rd") == "data: a\ndata: b\ndata: c\ndata: d\n\n");
  CHECK(event("", "a\n\nevent: forged") == "data: a\ndata: \ndata: event: forged\n\n");
  CHECK(event("", "a\n") == "data: a\ndata: \n\n");
  CHECK(event("a\ndata: x", "y") == "refused");
  CHECK(event("a\rb", "y") == "refused");
  CHECK(event(std::string_view("a\0", 2), "y") == "refused");
}

TEST_CASE("a heartbeat is a comment") {
  std::string out;
  mw::http::append_sse_heartbeat(out);
  CHECK(out == ":\n\n");
}
