// origins_test: a flood from one source is not heard, and is nobody else's loss.
// SPDX-License-Identifier: Apache-2.0
#include "claims/origins.h"

#include "core/engine.h"
#include "native/codec.h"

#include <doctest/doctest.h>

namespace mw::swim {
namespace {

endpoint at(int i, std::uint16_t port = 7946) {
  return {"10.0." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250), port, false};
}

struct one {
  one() : random(1), it({}, {"self", {"10.9.9.9", 7946, false}, "", 1}, form, random) {
    it.start({});
  }
  native::codec form;
  random_stream random;
  engine it;
};

std::uint64_t limited(const engine& e, news_class what) {
  return e.counted().limited[static_cast<std::size_t>(what)];
}

}  // namespace

TEST_CASE("origins: a burst and a rate for each member, sixteen times as much for its host") {
  for (const news_class what :
       {news_class::newcomers, news_class::changes, news_class::accusations}) {
    origins o;
    const origins::allowance a = origins::allowed(what, 10);
    std::size_t heard = 0;
    for (int i = 0; i < 100'000; ++i) heard += o.take(what, at(1), 10, {}) ? 1 : 0;
    CHECK(heard == static_cast<std::size_t>(a.burst));
    CHECK(o.take(what, at(2), 10, {}));
    for (int i = 0; i < 100'000; ++i) heard += o.take(what, at(1), 10, {10s}) ? 1 : 0;
    CHECK(heard == static_cast<std::size_t>(a.burst + std::min(10 * a.rate, a.burst)));
    // Other ports of one host, as many as it has.
    std::size_t of_host = 0;
    for (int i = 0; i < 200'000; ++i)
      of_host += o.take(what, at(3, static_cast<std::uint16_t>(1 + i % 60'000)), 10, {}) ? 1 : 0;
    CHECK(of_host == static_cast<std::size_t>(a.burst * origins::host_share));
    CHECK(o.sources() <= origins::sources_max);
  }
}

TEST_CASE("origins: addresses of one IPv6 network are one host") {
  origins o;
  std::size_t heard = 0;
  for (int i = 0; i < 100'000; ++i) {
    const endpoint from{"2001:db8::" + std::to_string(i % 9'000 + 1), 7946, false};
    heard += o.take(news_class::accusations, from, 3, {}) ? 1 : 0;
  }
  CHECK(heard == 64 * 16);
  CHECK(o.take(news_class::accusations, {"2001:db8:1::1", 7946, false}, 3, {}));
}

TEST_CASE("origins: what this node asked for itself is not limited") {
  origins o;
  for (int i = 0; i < 100'000; ++i) CHECK(o.take(news_class::newcomers, {}, 3, {}));
  CHECK(o.sources() == 0);
}

TEST_CASE("origins: a million invented members of one source are few, and others still come") {
  one o;
  for (int i = 0; i < 1'000'000; ++i)
    o.it.receive(alive_claim{1, "fake" + std::to_string(i), at(i % 250), ""}, at(9), {1s});
  CHECK(o.it.members().size() == 1'024);
  CHECK(limited(o.it, news_class::newcomers) == 1'000'000 - 1'024);
  o.it.receive(alive_claim{1, "real", at(77), ""}, at(77), {1s});
  CHECK(o.it.members().find("real") != nullptr);
}

TEST_CASE("origins: one accuser is soon not heard; what repeats costs it nothing") {
  one o;
  for (int i = 0; i < 200; ++i)
    o.it.receive(alive_claim{1, "m" + std::to_string(i), at(i), ""}, at(i), {1s});
  for (int i = 0; i < 200; ++i)
    for (int again = 0; again < 5; ++again)
      o.it.receive(dead_claim{1, "m" + std::to_string(i), "x"}, at(240), {1s});
  // Two hundred members: as many accusations at once are a disaster that may have happened.
  CHECK(limited(o.it, news_class::accusations) == 0);
  for (int round = 2; round < 40; ++round)
    for (int i = 0; i < 200; ++i) {
      const std::string name = "m" + std::to_string(i);
      o.it.receive(alive_claim{static_cast<std::uint32_t>(round), name, at(i), ""}, at(i), {1s});
      o.it.receive(dead_claim{static_cast<std::uint32_t>(round), name, "x"}, at(240), {1s});
    }
  CHECK(limited(o.it, news_class::accusations) > 7'000);
  std::size_t living = o.it.members().living();
  CHECK(living >= 199);
  // Somebody else's accusation is heard.
  o.it.receive(dead_claim{39, "m7", "y"}, at(241), {1s});
  CHECK(o.it.members().living() == living - 1);
}

TEST_CASE("origins: changes of one source have a limit, and so have accusations of ourselves") {
  one o;
  o.it.receive(alive_claim{1, "a", at(1), ""}, at(1), {1s});
  for (std::uint32_t i = 2; i < 10'000; ++i)
    o.it.receive(alive_claim{i, "a", at(1), std::to_string(i)}, at(9), {1s});
  CHECK(limited(o.it, news_class::changes) == 9'998 - 256);
  for (std::uint32_t i = 1; i < 1'000; ++i)
    o.it.receive(suspect_claim{o.it.self().incarnation, "self", "x"}, at(9), {1s});
  CHECK(o.it.self().incarnation == 65);
}

}  // namespace mw::swim
