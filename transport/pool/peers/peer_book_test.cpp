// peer_book_test: found, named, merged, moved, lost and forgotten; who is not let in.
// SPDX-License-Identifier: Apache-2.0
#include "peers/peer_book.h"

#include <doctest/doctest.h>

namespace mw::pool {

using namespace std::chrono_literals;

namespace {

constexpr mw::time_point now{100s};

struct book_of_n1 : peer_book {
  explicit book_of_n1(std::size_t limit = 100) : peer_book("n1", 11, limit) {}
  peer* hear(const std::string& id, const std::string& address, const std::string& source = "s") {
    CHECK(found({.id = id, .address = address, .zone = "z", .source = source}));
    peer* result = nullptr;
    each([&](peer& p) {
      if ((!id.empty() && p.view.id == id) || p.view.address == address) result = &p;
    });
    return result;
  }
};

introduction says(const std::string& id, std::uint64_t life = 1, const std::string& who = "") {
  return {id, life, "z", who};
}

}  // namespace

TEST_CASE("peer_book: an address becomes a node when its hello comes") {
  book_of_n1 book;
  peer* const p = book.hear("", "10.0.0.2:1");
  REQUIRE(p != nullptr);
  CHECK(p->view.id.empty());
  const auto met = book.meet(says("n2", 5), p->view.ref, "10.0.0.2:1", now);
  CHECK(met.outcome == meeting::welcome);
  CHECK(met.who == p);
  CHECK(p->view.id == "n2");
  CHECK(p->view.life == 5);
  CHECK(book.find_id("n2") == p);
  CHECK_FALSE(book.take_news().changed.empty());
  CHECK_FALSE(book.has_news());
}

TEST_CASE("peer_book: two addresses of one node become one peer, and its messages stay") {
  book_of_n1 book;
  peer* const first = book.hear("", "10.0.0.2:1");
  peer* const second = book.hear("", "10.0.1.2:1");
  REQUIRE(first != second);
  REQUIRE(book.meet(says("n2"), first->view.ref, "10.0.0.2:1", now).who == first);
  mw::message_out body;
  REQUIRE(second->waiting.add({{.id = 7}}, body, {}));
  const mw::peer_ref gone = second->view.ref;
  second->dialling = 1;
  CHECK(book.meet(says("n2"), gone, "10.0.1.2:1", now).who == first);
  CHECK(book.find(gone) == nullptr);
  CHECK(first->addresses.size() == 2);
  CHECK(first->waiting.count() == 1);
  CHECK(first->dialling == 1);
  const auto news = book.take_news();
  REQUIRE(news.gone.size() == 1);
  CHECK(news.gone[0].view.ref == gone);
  CHECK(news.gone[0].view.state == mw::peer_state::gone);
  CHECK(book.count() == 1);
}

TEST_CASE("peer_book: discovery may name what was known by address, and merge it") {
  book_of_n1 book;
  peer* const p = book.hear("", "10.0.0.2:1");
  CHECK(book.hear("n2", "10.0.0.2:1", "t") == p);
  CHECK(p->view.id == "n2");
  CHECK(p->listings.size() == 2);
  peer* const other = book.hear("", "10.0.0.3:1");
  REQUIRE(other != p);
  CHECK(book.hear("n2", "10.0.0.3:1") == p);
  CHECK(p->addresses.size() == 2);
  CHECK(p->view.address == "10.0.0.3:1");
  CHECK(book.count() == 1);
}

TEST_CASE("peer_book: an address that changes hands follows its node") {
  book_of_n1 book;
  peer* const n2 = book.hear("n2", "10.0.0.2:1");
  peer* const n3 = book.hear("n3", "10.0.0.2:1");
  REQUIRE(n2 != n3);
  CHECK(n2->addresses.empty());
  CHECK(n3->view.address == "10.0.0.2:1");
  // And a hello says so, too.
  peer* const n4 = book.hear("n4", "10.0.0.4:1");
  const auto met = book.meet(says("n5"), n4->view.ref, "10.0.0.4:1", now);
  CHECK(met.who->view.id == "n5");
  CHECK(met.who->view.address == "10.0.0.4:1");
  CHECK(n4->addresses.empty());
}

TEST_CASE("peer_book: we are not our own peer, under any address") {
  book_of_n1 book;
  peer* const p = book.hear("", "10.0.0.1:1");
  CHECK(book.meet(says("n1", 11), p->view.ref, "10.0.0.1:1", now).outcome == meeting::ourselves);
  CHECK(book.count() == 0);
  CHECK(book.found({.id = "", .address = "10.0.0.1:1", .zone = "", .source = "s"}));
  CHECK(book.found({.id = "n1", .address = "10.0.0.9:1", .zone = "", .source = "s"}));
  CHECK(book.count() == 0);
  book.lost({.id = "", .address = "10.0.0.1:1", .source = "s"}, now);
  CHECK(book.hear("", "10.0.0.1:1") != nullptr);  // somebody else may live there now
  CHECK(book.meet(says("n1", 12), {}, "", now).outcome == meeting::our_double);
}

TEST_CASE("peer_book: a node that is connected is not replaced by another life or identity") {
  book_of_n1 book;
  const auto first = book.meet(says("n2", 1, "spiffe://n2"), {}, "", now);
  REQUIRE(first.outcome == meeting::welcome);
  first.who->links.push_back({1, 1});
  CHECK(book.meet(says("n2", 2, "spiffe://n2"), {}, "", now).outcome == meeting::two_lives);
  CHECK(book.meet(says("n2", 1, "spiffe://evil"), {}, "", now).outcome == meeting::impostor);
  CHECK(book.meet(says("n2", 1, "spiffe://n2"), {}, "", now).outcome == meeting::welcome);
  first.who->links.clear();
  CHECK(book.meet(says("n2", 2, "spiffe://n2"), {}, "", now).who == first.who);
  CHECK(first.who->view.life == 2);
}

TEST_CASE("peer_book: what no source lists is forgotten once it is quiet") {
  book_of_n1 book;
  peer* const p = book.hear("n2", "10.0.0.2:1", "a");
  CHECK(book.hear("n2", "10.0.0.2:1", "b") == p);
  book.lost({.id = "n2", .address = "10.0.0.2:1", .source = "a"}, now);
  CHECK(p->addresses.size() == 1);
  book.forget_quiet(now + 1h);
  CHECK(book.count() == 1);
  book.lost({.id = "", .address = "10.0.0.2:1", .source = "b"}, now);
  CHECK(p->addresses.empty());
  book.forget_quiet(now - 1ns);
  CHECK(book.count() == 1);
  p->links.push_back({1, 1});
  book.forget_quiet(now);
  CHECK(book.count() == 1);
  p->links.clear();
  book.forget_quiet(now);
  CHECK(book.count() == 0);
  CHECK(book.find_id("n2") == nullptr);
  CHECK(book.take_news().gone.size() == 1);
}

TEST_CASE("peer_book: so many peers, no more") {
  book_of_n1 book(2);
  book.hear("n2", "10.0.0.2:1");
  book.hear("n3", "10.0.0.3:1");
  CHECK_FALSE(book.found({.id = "n4", .address = "10.0.0.4:1", .zone = "", .source = "s"}));
  CHECK(book.meet(says("n4"), {}, "", now).outcome == meeting::full);
  CHECK(book.meet(says("n3"), {}, "", now).outcome == meeting::welcome);
}

TEST_CASE("peer_book: a hello in another name than the proved one is an impostor's") {
  book_of_n1 book;
  introduction hello = says("n2", 1, "spiffe://mesh/node/n3");
  hello.proved = "n3";
  CHECK(book.meet(hello, {}, "", now).outcome == meeting::impostor);
  CHECK(book.find_id("n2") == nullptr);
  hello.id = "n3";
  CHECK(book.meet(hello, {}, "", now).outcome == meeting::welcome);
}

}  // namespace mw::pool
