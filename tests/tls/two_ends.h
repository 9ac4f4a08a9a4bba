// two_ends: for tests: two engines that talk over memory, with certificates of a small PKI.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/x509/test_certs.h"
#include "engine/engine.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <string>

namespace mw::tls {

// Numbers that look random and are the same each time.
class counted_entropy final : public entropy {
 public:
  explicit counted_entropy(std::uint64_t seed) : dice_(seed) {}
  void fill(std::span<std::byte> out) override {
    for (std::byte& one : out) one = static_cast<std::byte>(dice_.next() >> 32);
  }

 private:
  random_stream dice_;
};

inline constexpr wall_time test_now{std::chrono::hours(24) * 20'000};

// One side's library, settings and credentials.
class one_side {
 public:
  explicit one_side(std::uint64_t seed = 1)
      : entropy_(seed), library(crypto::make(entropy_).value()) {}
  void use(const credential_set& set) { epoch = context::make(*library, set, opt).value(); }

 private:
  counted_entropy entropy_;

 public:
  std::unique_ptr<crypto> library;
  settings opt;
  resting place{*library};
  context_ptr epoch;
};

[[nodiscard]] inline credential_set set_of(const x509::test_pki& pki,
                                           const std::string& certificates,
                                           const std::string& key) {
  credential_set set;
  set.epoch = 1;
  set.chain = certificates;
  set.key = secret(key);
  set.trust = pki.root.certificate;
  set.not_before = pki.from;
  set.not_after = pki.until;
  return set;
}
[[nodiscard]] inline credential_set set_of(const x509::test_pki& pki, const std::string& name) {
  const auto good = pki.node(name);
  return set_of(pki, good.certificates, good.key);
}

// One engine, what it has to say, and what it thinks of the other.
struct one_end final : output, judge {
  one_end(const one_side& of, side here) : session(of.epoch, here, *this, of.opt.key_updates) {}
  std::size_t take(bytes_view bytes) override {
    const std::size_t some = std::min(room, bytes.size());
    out += as_text(bytes.first(some));
    room -= some;
    return some;
  }
  [[nodiscard]] wall_time now() const override { return at; }
  [[nodiscard]] verdict accept(const X509&) override {
    ++asked;
    return answer;
  }

  std::string out;
  std::size_t room = std::size_t{1} << 30;
  wall_time at = test_now;
  int asked = 0;
  verdict answer;
  engine session;
  engine::state state = engine::state::more;
  std::string heard;

  void shake(std::string_view input) {
    session.feed(as_bytes(input));
    state = session.shake(*this, time_point{1s});
    left = std::string(as_text(session.input_left()));
    session.feed({});
  }
  // Reads all that `input` brings; the last state.
  engine::state read(std::string_view input, time_point when = time_point{1s}) {
    session.feed(as_bytes(input));
    std::array<std::byte, 4096> place;
    while (true) {
      const engine::transfer got = session.read(place, *this, when);
      if (got.what != engine::state::data) return got.what;
      heard += as_text(bytes_view(place).first(got.size));
    }
  }
  std::string left;
};

// Lets both talk until nobody has anything to say.
inline void shake_hands(one_end& dialler, one_end& listener) {
  dialler.shake({});
  for (int round = 0; round < 20; ++round) {
    const std::string there = std::exchange(dialler.out, {});
    if (there.empty()) break;
    if (listener.state == engine::state::more) listener.shake(listener.left + there);
    const std::string back = std::exchange(listener.out, {});
    if (dialler.state == engine::state::more) dialler.shake(dialler.left + back);
  }
}

}  // namespace mw::tls
