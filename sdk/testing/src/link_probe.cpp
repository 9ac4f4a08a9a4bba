// link_probe: what the owner of a stream may rely on, checked at every callback.
// SPDX-License-Identifier: Apache-2.0
#include "link_probe.h"

#include <doctest/doctest.h>

#include <utility>

namespace mw::conformance {

link_probe::link_probe(link to) : link_(std::move(to)) {
  CHECK_MESSAGE(link_.bytes != nullptr, "a link without a stream");
  if (link_.bytes == nullptr) return;
  calling_ = true;
  link_.bytes->start(*this);
  calling_ = false;
}

void link_probe::send(std::string_view text) {
  outbox_ += text;
  push();
}

void link_probe::finish_after_sending() {
  finish_after_ = true;
  push();
}

void link_probe::drop() {
  link_.bytes.reset();
}

void link_probe::push() {
  if (dropped() || closed_) return;
  calling_ = true;
  if (waiting() > 0) {
    const std::size_t took = link_.bytes->write(as_bytes(std::string_view(outbox_).substr(taken_)));
    CHECK_MESSAGE(took <= waiting(), "write() took more than it was given");
    taken_ += took;
  }
  if (finish_after_ && waiting() == 0) {
    link_.bytes->finish();
    finish_after_ = false;
  }
  calling_ = false;
}

void link_probe::expect_open(std::string_view callback) const {
  CHECK_MESSAGE(!calling_, std::string(callback), " inside a call on the stream");
  CHECK_MESSAGE(!closed_.has_value(), std::string(callback), " after on_closed()");
  CHECK_MESSAGE(!dropped(), std::string(callback), " after the stream was destroyed");
}

void link_probe::on_data(bytes_view bytes) {
  expect_open("on_data()");
  CHECK_MESSAGE(!ended_, "on_data() after on_end()");
  CHECK_MESSAGE(!bytes.empty(), "on_data() without bytes");
  heard_ += as_text(bytes);
  if (drop_on_data_) drop();
}

void link_probe::on_writable() {
  expect_open("on_writable()");
  push();
}

void link_probe::on_end() {
  expect_open("on_end()");
  CHECK_MESSAGE(!ended_, "on_end() twice");
  ended_ = true;
}

void link_probe::on_closed(const failure& why) {
  expect_open("on_closed()");
  CHECK_MESSAGE((why.kind() == errc::disconnected || why.kind() == errc::timed_out), why.text());
  closed_ = why;
}

}  // namespace mw::conformance
