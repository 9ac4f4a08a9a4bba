// sealing_core_test: what is sealed opens once, there, then, and unchanged; nothing else opens.
// SPDX-License-Identifier: Apache-2.0
#include "testing/world.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw::sealing {
namespace {

using testing::byte_list;
using testing::world;

void two(world& w) {
  w.boot("a");
  w.boot("b");
  w.connect("a", "b");
  w.settle();
}

}  // namespace

TEST_CASE("sealer: two nodes agree at once, and both ways work") {
  for (const auto cipher :
       {crypto::aead_algorithm::aes_256_gcm, crypto::aead_algorithm::chacha20_poly1305}) {
    world w;
    w.bounds.algorithm = cipher;
    two(w);
    CHECK(w.core("a").agreed() == 1);
    const byte_list there = w.seal("a", "b", "hello");
    CHECK(there.size() == 5 + tail_size);
    CHECK(w.open("a", "b", there) == "hello");
    CHECK(w.open("b", "a", w.seal("b", "a", "")) == "");
    CHECK(w.open("b", "a", w.seal("b", "a", "signed", "x", true), "x", true) == "signed");
  }
}

TEST_CASE("sealer: each end seals with its own cipher and opens the other's") {
  world w;
  w.boot("a");
  w.bounds.algorithm = crypto::aead_algorithm::chacha20_poly1305;
  // The bounds are shared; only the key that is made now says chacha.
  w.boot("b");
  w.connect("a", "b");
  w.settle();
  const byte_list from_a = w.seal("a", "b", "x"), from_b = w.seal("b", "a", "y");
  CHECK(read_envelope(from_a)->head.algorithm == crypto::aead_algorithm::aes_256_gcm);
  CHECK(read_envelope(from_b)->head.algorithm == crypto::aead_algorithm::chacha20_poly1305);
  CHECK(w.open("a", "b", from_a) == "x");
  CHECK(w.open("b", "a", from_b) == "y");
}

TEST_CASE("sealer: every bit of an envelope counts") {
  world w;
  two(w);
  for (const bool sign : {false, true}) {
    const byte_list good = w.seal("a", "b", "some text to change", "service", sign);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      byte_list changed = good;
      changed[bit / 8] ^= static_cast<std::byte>(1 << (bit % 8));
      REQUIRE(w.open("a", "b", changed) == "[denied]");
    }
    CHECK(w.open("a", "b", good) == "some text to change");
  }
  CHECK(w.refused("b", refusal::commitment) > 0);
  CHECK(w.refused("b", refusal::forged) > 0);
  CHECK(w.refused("b", refusal::unknown_key) > 0);
  CHECK(w.refused("b", refusal::malformed) > 0);
}

TEST_CASE("sealer: every length but the right one is refused") {
  world w;
  two(w);
  const byte_list good = w.seal("a", "b", std::string(300, 'x'));
  for (std::size_t size = 0; size < good.size(); ++size) {
    REQUIRE(w.open("a", "b", byte_list(good.begin(), good.begin() + static_cast<long>(size))) ==
            "[denied]");
    REQUIRE(w.open("a", "b", byte_list(good.end() - static_cast<long>(size), good.end())) ==
            "[denied]");
  }
  byte_list longer = good;
  longer.insert(longer.begin(), std::byte{0});
  CHECK(w.open("a", "b", longer) == "[denied]");
  longer = good;
  longer.push_back(std::byte{1});
  CHECK(w.open("a", "b", longer) == "[denied]");
  for (std::size_t size = 0; size < 3000; size += 7) {
    const std::string text(size, 'y');
    REQUIRE(w.open("a", "b", w.seal("a", "b", text)) == text);
  }
  CHECK(w.open("a", "b", good) == std::string(300, 'x'));
}

TEST_CASE("sealer: a message opens once, in any order within the window") {
  world w;
  w.bounds.window = 1024;
  two(w);
  std::vector<byte_list> all;
  for (int i = 0; i < 1100; ++i) all.push_back(w.seal("a", "b", std::to_string(i)));
  CHECK(w.open("a", "b", all[1050]) == "1050");
  for (int i = 1049; i > 1050 - 1024; --i)
    REQUIRE(w.open("a", "b", all[static_cast<std::size_t>(i)]) == std::to_string(i));
  CHECK(w.open("a", "b", all[0]) == "[denied]");
  CHECK(w.refused("b", refusal::behind) == 1);
  for (int i = 100; i <= 1050; ++i)
    REQUIRE(w.open("a", "b", all[static_cast<std::size_t>(i)]) == "[denied]");
  CHECK(w.refused("b", refusal::replayed) == 951);
}

TEST_CASE("sealer: a message belongs to its context") {
  world w;
  two(w);
  w.boot("c");
  w.connect("a", "c");
  w.connect("b", "c");
  w.settle();
  const byte_list good = w.seal("a", "b", "text", "orders.put");
  CHECK(w.open("a", "b", good, "orders.get") == "[denied]");
  CHECK(w.open("a", "b", good, "orders.pu") == "[denied]");
  CHECK(w.open("a", "c", good, "orders.put") == "[denied]");
  CHECK(w.open("c", "b", good, "orders.put") == "[denied]");
  CHECK(w.open("b", "a", good, "orders.put") == "[denied]");
  // The bound bytes, and where one text ends and the next begins.
  message_out body, out;
  body.append(as_bytes("text"));
  const std::string bound = "exchange 7";
  REQUIRE(w.core("a").seal({"a", "b", "p", as_bytes(bound), false}, body, out, w.at.now));
  for (const auto& [purpose, other] : {std::pair("p", "exchange 8"), std::pair("p", "exchange 77"),
                                       std::pair("pe", "xchange 7"), std::pair("p", "")})
    CHECK(!w.core("b").open({"a", "b", purpose, as_bytes(other), false}, out.written(), w.at.now));
  CHECK(w.core("b").open({"a", "b", "p", as_bytes(bound), false}, out.written(), w.at.now));
  CHECK(w.open("a", "b", good, "orders.put") == "text");
}

TEST_CASE("sealer: contexts that are too long are refused before anything is sealed") {
  world w;
  two(w);
  const std::string name(256, 'n');
  CHECK(w.seal("a", "b", "x", name).empty());
  CHECK(w.refused("a", refusal::bad_context) == 1);
  CHECK(!w.seal("a", "b", "x", name.substr(1)).empty());
}

TEST_CASE("sealer: signatures are demanded and checked") {
  world w;
  two(w);
  CHECK(w.open("a", "b", w.seal("a", "b", "plain"), "service", true) == "[denied]");
  CHECK(w.refused("b", refusal::unsigned_body) == 1);
  CHECK(w.open("a", "b", w.seal("a", "b", "more than asked", "service", true)) ==
        "more than asked");
  w["a"].papers->signs = false;
  CHECK(w.seal("a", "b", "x", "service", true).empty());
}

TEST_CASE("sealer: large parts that are held by reference are sealed in place") {
  world w;
  two(w);
  message_out body, out;
  std::string expected = "begin";
  body.append(as_bytes("begin"));
  for (int i = 0; i < 3; ++i) {
    const std::string part(5000 + static_cast<std::size_t>(i), static_cast<char>('a' + i));
    buffer_block* const block = allocate_block(part.size());
    std::copy(part.begin(), part.end(), reinterpret_cast<char*>(block->data()));
    body.append(slice(block, 0, part.size()));
    body.append(as_bytes("."));
    expected += part + ".";
  }
  REQUIRE(body.references().size() == 3);
  for (const bool sign : {false, true}) {
    REQUIRE(w.core("a").seal({"a", "b", "p", {}, sign}, body, out, w.at.now));
    CHECK(out.references().empty());
    const auto opened = w.core("b").open({"a", "b", "p", {}, sign}, out.written(), w.at.now);
    REQUIRE(opened.ok());
    CHECK(as_text(opened->body) == expected);
    CHECK(opened->is_signed == sign);
    CHECK(opened->identity == "spiffe://test/a");
  }
}

TEST_CASE("sealer: old messages are refused") {
  world w;
  w.bounds.age_max = 30s;
  two(w);
  const byte_list early = w.seal("a", "b", "early");
  const byte_list late = w.seal("a", "b", "late");
  w.advance(29s);
  CHECK(w.open("a", "b", early) == "early");
  w.advance(2s);
  CHECK(w.open("a", "b", late) == "[denied]");
  CHECK(w.refused("b", refusal::too_old) == 1);
}

TEST_CASE("sealer: the commitment of another key is refused before the cipher is asked") {
  world w;
  two(w);
  w.boot("c");
  w.connect("a", "c");
  w.settle();
  byte_list to_b = w.seal("a", "b", "text");
  const byte_list to_c = w.seal("a", "c", "text");
  std::copy_n(to_c.end() - tail_size + crypto::aead_tag_size, crypto::hash_size,
              to_b.end() - tail_size + crypto::aead_tag_size);
  CHECK(w.open("a", "b", to_b) == "[denied]");
  CHECK(w.refused("b", refusal::commitment) == 1);
  CHECK(w.refused("b", refusal::forged) == 0);
}

TEST_CASE("sealer: too many forgeries end the key, raise an alarm, and a new key comes") {
  world w;
  w.bounds.forgeries_max = 20;
  two(w);
  const byte_list before = w.seal("a", "b", "under the old key");
  for (int i = 0; i < 20; ++i) {
    byte_list forged = w.seal("a", "b", "text");
    forged.front() ^= std::byte{1};
    CHECK(w.open("a", "b", forged) == "[denied]");
  }
  CHECK(w.core("b").alarms() == 1);
  CHECK(w.core("b").last_alarm() == "a");
  CHECK(w.open("a", "b", before) == "[denied]");
  CHECK(w.refused("b", refusal::retired_key) == 1);
  w.advance(5s);
  CHECK(w.open("a", "b", w.seal("a", "b", "under the new key")) == "under the new key");
  CHECK(w.open("b", "a", w.seal("b", "a", "and back")) == "and back");
}

}  // namespace mw::sealing
