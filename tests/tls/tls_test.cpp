// tls_test: links, refusals, floods, rotation and revocation over simulated TCP.
// SPDX-License-Identifier: Apache-2.0
#include "tls_node.h"
#include "two_ends.h"

#include <mw/test_peer.h>
#include <mw/transport_conformance.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace mw::tls {

namespace {

constexpr const char* tcp = "transport.tcp, listen: \"127.0.0.1:0\"";

// The owner of one end of a link.
struct link_end final : stream_events {
  explicit link_end(mw::link to) : link(std::move(to)) { link.bytes->start(*this); }
  void on_data(bytes_view bytes) override { heard += as_text(bytes); }
  void on_writable() override { ++writable; }
  void on_end() override { ended = true; }
  void on_closed(const failure& why) override { closed = why; }

  mw::link link;
  std::string heard;
  int writable = 0;
  bool ended = false;
  std::optional<failure> closed;
};

class scene {
 public:
  explicit scene(const test_setup& setup) : node(setup) {
    REQUIRE_MESSAGE(node.ready(), node.failed());
    node.in_turn([this] {
      auto listening = transport().listen({.host = "0.0.0.0", .port = 0}, [this](link accepted) {
        guests.push_back(std::make_unique<link_end>(std::move(accepted)));
      });
      REQUIRE(listening.ok());
      door = std::move(*listening);
    });
  }
  explicit scene(const std::string& options = "",
                 const std::vector<key_set>& sets = {key_set::of("n1")})
      : scene(tls_over(tcp, options, sets)) {}
  ~scene() {
    node.in_turn([this] {
      dials.clear();
      mine.clear();
      guests.clear();
      door.reset();
    });
  }

  mw::transport& transport() { return *node.contract<mw::transport>(); }
  void dial(const std::string& peer = "", duration deadline = 5s) {
    node.in_turn([&, this] {
      dials.push_back(transport().dial({.to = {.host = "127.0.0.1", .port = door->local().port},
                                        .deadline = deadline,
                                        .peer = peer},
                                       [this](result<link> outcome) {
                                         if (outcome)
                                           mine.push_back(
                                               std::make_unique<link_end>(std::move(*outcome)));
                                         else
                                           failures.push_back(outcome.error());
                                       }));
    });
  }
  void connect() {
    const std::size_t before = mine.size();
    dial();
    REQUIRE(node.run_until([&] { return mine.size() > before && guests.size() >= mine.size(); }));
  }
  [[nodiscard]] endpoint address() {
    return {.host = node.machine().address(), .port = door->local().port};
  }
  [[nodiscard]] double refusals(std::string_view code) const {
    return node.metric("mw_tls_refusals_total", {{"code", code}});
  }

  test_node node;
  listener_ptr door;
  std::vector<dial_ptr> dials;
  std::vector<std::unique_ptr<link_end>> mine;
  std::vector<std::unique_ptr<link_end>> guests;
  std::vector<failure> failures;
};

// A stranger with an engine of its own.
struct stranger {
  explicit stranger(scene& s, const credential_set& set) : peer(s.node, s.address()) {
    near.use(set);
    end = std::make_unique<one_end>(near, side::dialler);
    end->at = world_begins;
    end->shake({});
    push(s);
  }
  void push(scene& s) {
    peer.say(std::exchange(end->out, {}));
    s.node.run_for(20ms);
  }
  // Until it is welcome, or not.
  void shake(scene& s) {
    for (int i = 0; i < 10 && end->state == engine::state::more; ++i) {
      end->shake(end->left + peer.heard());
      push(s);
    }
  }
  one_side near{7};
  test_peer peer;
  std::unique_ptr<one_end> end;
};

credential_set stranger_set(const std::string& name = "n9") {
  return set_of(test_world(), name);
}

}  // namespace

TEST_CASE("a link knows its peer, and the page shows it") {
  scene s;
  s.connect();
  CHECK(s.mine[0]->link.peer == "spiffe://mesh.test/node/n1");
  CHECK(s.guests[0]->link.peer == "spiffe://mesh.test/node/n1");
  CHECK(s.mine[0]->link.node.empty());  // nobody says which node it is
  REQUIRE(s.mine[0]->link.lease != nullptr);
  CHECK(!s.mine[0]->link.lease->due());
  const std::string page = s.node.call("/tls/subject").body;
  CHECK(page.find("\"peer\":\"spiffe://mesh.test/node/n1\"") != std::string::npos);
  CHECK(page.find("\"version\":\"TLSv1.3\"") != std::string::npos);
  CHECK(page.find("\"links_total\":2") != std::string::npos);
  CHECK(s.node.metric("mw_tls_handshakes_total", {{"how", "accepted"}, {"result", "ok"}}) == 1);
  CHECK(s.node.metric("mw_tls_handshakes_total", {{"how", "dialled"}, {"result", "ok"}}) == 1);
  s.node.run_for(2s);
  CHECK(s.node.metric("mw_tls_links", {{"epoch", "current"}}) == 2);
  CHECK(s.node.metric("mw_tls_bytes_total", {{"direction", "in"}}) >= 0);
}

TEST_CASE("what is made where it leaves arrives in order with all else that is written") {
  scene s;
  s.connect();
  stream& to = *s.mine[0]->link.bytes;
  random_stream dice(1);
  std::string said;
  const auto text_of = [&](std::size_t size) {
    std::string text(size, ' ');
    for (char& c : text) c = static_cast<char>('a' + dice.below(26));
    return text;
  };
  const auto lend = [&](std::size_t wanted) {
    const std::span<std::byte> room = to.reserve(wanted);
    if (room.empty()) return false;
    REQUIRE(room.size() >= wanted);
    // Several frames in one window, or none at all.
    const std::string text =
        text_of(dice.below(4) == 0 ? 0 : wanted + dice.below(room.size() - wanted + 1));
    std::memcpy(room.data(), text.data(), text.size());
    to.commit(text.size());
    said += text;
    return true;
  };
  std::size_t lent = 0;
  for (int turn = 0; turn < 300; ++turn) {
    s.node.in_turn([&] {
      for (std::uint64_t i = dice.below(8); i > 0; --i) {
        if (dice.below(2) == 0 && lend(1 + dice.below(16 * 1024))) {
          ++lent;
        } else if (dice.below(2) == 0) {
          const std::string text = text_of(dice.below(40'000));
          said += text.substr(0, to.write(as_bytes(text)));
        } else {
          const std::string text = text_of(dice.below(40'000));
          if (to.write(slice::copy_of(as_bytes(text)))) said += text;
        }
      }
    });
    if (turn % 50 == 0) s.node.run_for(1s);
  }
  CHECK(lent > 100);
  REQUIRE(s.node.run_until([&] { return s.guests[0]->heard.size() >= said.size(); }));
  CHECK(s.guests[0]->heard == said);
  s.node.in_turn([&] {
    CHECK(to.reserve(16 * 1024 + 1).empty());
    CHECK(!to.reserve(16 * 1024).empty());
    to.commit(0);
    CHECK(to.unsent() == 0);
    to.finish();
    CHECK(to.reserve(1).empty());
  });
}

TEST_CASE("of many busy links only some keep their buffers, and none that is idle") {
  scene s;
  for (int i = 0; i < 40; ++i) s.connect();
  const auto cold = [&s] { return s.node.metric("mw_tls_cold_turns_total"); };
  s.node.run_for(3s);  // all have cooled
  const double before = cold();
  const auto all_write = [&s](std::size_t count) {
    s.node.in_turn([&] {
      for (std::size_t i = 0; i < count; ++i) (void)s.mine[i]->link.bytes->write(as_bytes("word"));
    });
    REQUIRE(s.node.run_until([&] { return s.guests[count - 1]->heard.ends_with("word"); }));
    for (auto& guest : s.guests) guest->heard.clear();
  };
  all_write(32);  // with their guests: 64
  CHECK(cold() == before);
  all_write(40);
  CHECK(cold() > before);
  s.node.run_for(3s);
  const double later = cold();
  all_write(32);
  CHECK(cold() == later);
}

TEST_CASE("a dialler that means somebody else is told so") {
  scene s;
  s.dial("spiffe://mesh.test/node/n2");
  REQUIRE(s.node.run_until([&] { return !s.failures.empty(); }));
  CHECK(s.failures[0].kind() == errc::denied);
  CHECK(s.failures[0].text().find("TLS062") != std::string::npos);
  s.node.run_for(1s);
  CHECK(s.guests.empty());
  CHECK(s.refusals("TLS062") == 1);
  CHECK(s.refusals("TLS067") == 1);  // the listener heard the alert
  s.dial("spiffe://mesh.test/node/n1");
  CHECK(s.node.run_until([&] { return s.mine.size() == 1; }));
}

TEST_CASE("identities come from authn, with the node they belong to") {
  test_setup setup = tls_over(tcp);
  setup.yaml += "  names: { use: test.names }\n";
  scene s(setup);
  s.connect();
  CHECK(s.mine[0]->link.node == "n1");
  CHECK(s.guests[0]->link.node == "n1");
  CHECK(s.node.call("/names/deny/n1", "{}").status == 200);
  CHECK(s.node.run_until([&] { return s.mine[0]->closed && s.guests[0]->closed; }, 5s));
  CHECK(s.mine[0]->closed->kind() == errc::denied);
  CHECK(s.mine[0]->closed->text().starts_with("AUTH029"));
  s.dial();
  REQUIRE(s.node.run_until([&] { return !s.failures.empty(); }));
  CHECK(s.failures[0].text().find("AUTH029") != std::string::npos);
}

TEST_CASE("plaintext and HTTP are refused, without a link and without much of an answer") {
  for (const std::string_view words :
       {"GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00\x20mesh hello in the clear"}) {
    scene s;
    test_peer peer(s.node, s.address());
    peer.say(words);
    CHECK(peer.wait_for_end(5s));
    CHECK(peer.heard().size() < 20);
    CHECK(s.guests.empty());
    CHECK(s.node.metric("mw_tls_handshakes_total", {{"how", "accepted"}, {"result", "failed"}}) ==
          1);
  }
}

TEST_CASE("who does not say anything is closed at the deadline") {
  scene s("handshake_deadline: 2s");
  test_peer silent(s.node, s.address());
  s.node.run_for(1900ms);
  CHECK(!silent.ended());
  CHECK(silent.wait_for_end(2s));
  CHECK(s.refusals("TLS064") == 1);
  CHECK(s.guests.empty());
}

TEST_CASE("half-open connections beyond the number push out the oldest, and links go on") {
  scene s("handshakes: 8");
  s.connect();
  std::vector<std::unique_ptr<test_peer>> crowd;
  for (int i = 0; i < 50; ++i) crowd.push_back(std::make_unique<test_peer>(s.node, s.address()));
  s.node.run_for(1s);
  CHECK(s.refusals("TLS065") == 42);
  s.node.in_turn([&] { (void)s.mine[0]->link.bytes->write(as_bytes("still here")); });
  CHECK(s.node.run_until([&] { return s.guests[0]->heard == "still here"; }));
  s.dial();  // newcomers get their turn, too
  CHECK(s.node.run_until([&] { return s.mine.size() == 2; }));
}

TEST_CASE("many handshakes at once take their steps one a turn, and all succeed") {
  scene s;
  for (int i = 0; i < 60; ++i) s.dial("", 60s);
  CHECK(s.node.run_until([&] { return s.mine.size() == 60 && s.guests.size() == 60; }));
  CHECK(s.node.metric("mw_tls_handshake_waits_total") > 0);
  CHECK(s.failures.empty());
}

TEST_CASE("a listener that is paused keeps what was proved until it is resumed") {
  scene s;
  stranger early(s, stranger_set());
  s.node.in_turn([&] { s.door->pause(); });
  early.shake(s);
  CHECK(early.end->state == engine::state::done);
  CHECK(s.guests.empty());
  s.node.in_turn([&] { s.door->resume(); });
  s.node.run_for(10ms);
  CHECK(s.guests.size() == 1);
}

TEST_CASE("a link that is cut off without a word is told apart from one that ended") {
  scene s;
  stranger one(s, stranger_set());
  one.shake(s);
  REQUIRE(s.guests.size() == 1);
  (void)one.end->session.write(as_bytes("half a sen"), *one.end);
  one.push(s);
  one.peer.end();  // TCP ends, TLS does not
  CHECK(s.node.run_until([&] { return s.guests[0]->closed.has_value(); }));
  CHECK(s.guests[0]->heard == "half a sen");
  CHECK(!s.guests[0]->ended);
  CHECK(s.guests[0]->closed->kind() == errc::disconnected);
  CHECK(s.guests[0]->closed->text().starts_with("TLS071"));
  CHECK(s.refusals("TLS071") == 1);

  stranger polite(s, stranger_set());
  polite.shake(s);
  REQUIRE(s.guests.size() == 2);
  (void)polite.end->session.close(*polite.end);
  polite.push(s);
  polite.peer.end();
  CHECK(s.node.run_until([&] { return s.guests[1]->ended; }));
  CHECK(!s.guests[1]->closed.has_value());
}

TEST_CASE("damaged records and floods of key changes end a link, by code") {
  scene s;
  stranger one(s, stranger_set());
  one.shake(s);
  REQUIRE(s.guests.size() == 1);
  (void)one.end->session.write(as_bytes("text"), *one.end);
  one.end->out.back() = static_cast<char>(one.end->out.back() ^ 1);
  one.push(s);
  REQUIRE(s.node.run_until([&] { return s.guests[0]->closed.has_value(); }));
  CHECK(s.guests[0]->closed->text().starts_with("TLS056"));
  s.node.in_turn([&] { s.guests[0].reset(); });
  CHECK(one.peer.wait_for_end(5s));
  CHECK(one.end->read(one.peer.heard()) == engine::state::failed);  // it heard the alert
  CHECK(one.end->session.outcome().alert == 20);

  stranger busy(s, stranger_set());
  busy.shake(s);
  for (int i = 0; i < 20; ++i) {
    (void)SSL_key_update(busy.end->session.raw(), SSL_KEY_UPDATE_NOT_REQUESTED);
    (void)busy.end->session.write(as_bytes("."), *busy.end);
  }
  busy.push(s);
  REQUIRE(s.node.run_until([&] { return s.guests[1]->closed.has_value(); }));
  CHECK(s.guests[1]->closed->text().starts_with("TLS070"));
}

TEST_CASE(
    "new credentials: new links stand on them, old ones are due, and stay when still trusted") {
  scene s("", {key_set::of("n1"), key_set::of("n1")});
  s.connect();
  CHECK(s.node.call("/keys/next", "{}").status == 200);
  s.node.run_for(6s);
  CHECK(!s.mine[0]->closed);
  CHECK(!s.guests[0]->closed);
  CHECK(s.mine[0]->link.lease->due());
  CHECK(s.guests[0]->link.lease->due());
  s.connect();
  CHECK(!s.mine[1]->link.lease->due());
  CHECK(s.node.call("/tls/subject").body.find("\"epoch\":2") != std::string::npos);
  s.node.run_for(2s);
  CHECK(s.node.metric("mw_tls_links", {{"epoch", "older"}}) == 2);
  CHECK(s.node.metric("mw_tls_rotations_total") == 2);
}

TEST_CASE("links that the new trust does not cover are closed within five seconds") {
  key_set other = key_set::of("n1");
  other.trust = test_world().stranger.certificate;
  scene s("", {key_set::of("n1"), other});
  s.connect();
  CHECK(s.node.call("/keys/next", "{}").status == 200);
  CHECK(s.node.run_until([&] { return s.mine[0]->closed && s.guests[0]->closed; }, 5s));
  CHECK(s.mine[0]->closed->kind() == errc::denied);
  CHECK(s.refusals("TLS003") >= 1);
}

TEST_CASE("revoked by a list: live links end within five seconds, new ones are refused") {
  key_set revoking = key_set::of("n1");
  revoking.revoked = test_world().lists({});
  scene s("", {key_set::of("n1"), revoking});
  stranger fine(s, stranger_set("n8"));
  fine.shake(s);
  REQUIRE(s.guests.size() == 1);
  CHECK(s.node.call("/keys/next", "{}").status == 200);
  s.node.run_for(6s);
  CHECK(!s.guests[0]->closed);  // there is a list, and it is not on it
}

TEST_CASE("five hundred links are looked at again in time") {
  key_set other = key_set::of("n1");
  other.trust = test_world().stranger.certificate;
  scene s("", {key_set::of("n1"), other});
  for (int i = 0; i < 100; ++i) s.dial("", 60s);
  REQUIRE(s.node.run_until([&] { return s.mine.size() == 100; }));
  CHECK(s.node.call("/keys/next", "{}").status == 200);
  CHECK(s.node.run_until(
      [&] {
        return std::all_of(s.mine.begin(), s.mine.end(),
                           [](auto& one) { return one->closed.has_value(); });
      },
      5s));
}

TEST_CASE("a certificate that ends takes its link with it") {
  scene s;
  s.connect();
  CHECK(!s.mine[0]->link.lease->due());
  s.node.world().jump_wall_clock(s.node.machine(), std::chrono::hours(22));
  s.node.run_for(2s);
  CHECK(s.mine[0]->link.lease->due());
  CHECK(!s.mine[0]->closed);
  s.node.world().jump_wall_clock(s.node.machine(), std::chrono::hours(2));
  s.node.run_for(2s);
  CHECK(s.mine[0]->closed.has_value());
  CHECK(s.refusals("TLS004") >= 1);
}

TEST_CASE("peers that come back may resume, when both sides say so") {
  scene s("resumption: true");
  s.connect();
  s.node.in_turn([&] { s.mine.clear(); });
  s.connect();
  CHECK(s.node.metric("mw_tls_resumed_total") == 2);  // both ends count
  CHECK(s.node.call("/keys/next", "{}").status == 200);
  s.node.run_for(1s);
  s.connect();
  CHECK(s.node.metric("mw_tls_resumed_total") == 2);
}

TEST_CASE("TLS 1.2 is spoken only where the YAML says so") {
  for (const bool allowed : {false, true}) {
    scene s(allowed ? "min_version: \"1.2\"" : "");
    stranger old(s, stranger_set());
    SSL_CTX_set_min_proto_version(old.near.epoch->ssl(), TLS1_2_VERSION);
    SSL_CTX_set_max_proto_version(old.near.epoch->ssl(), TLS1_2_VERSION);
    stranger again(s, stranger_set());
    (void)again;
    test_peer peer(s.node, s.address());
    one_end end(old.near, side::dialler);
    end.at = world_begins;
    end.shake({});
    for (int i = 0; i < 10 && end.state == engine::state::more; ++i) {
      peer.say(std::exchange(end.out, {}));
      s.node.run_for(20ms);
      end.shake(end.left + peer.heard());
    }
    CHECK((end.state == engine::state::done) == allowed);
    CHECK(s.refusals("TLS052") == (allowed ? -1 : 1));
    if (!allowed) CHECK(end.session.outcome().alert == 70);
  }
}

TEST_CASE("a node that has no credentials that fit does not start") {
  key_set wrong = key_set::of("n1");
  wrong.key = std::string(test_world().root.key);
  const test_node node(tls_over(tcp, "", {wrong}));
  CHECK(!node.ready());
  CHECK(node.failed().find("key") != std::string::npos);
}

TEST_CASE("the same seed gives the same run, handshakes and all") {
  const std::vector<key_set> keys{key_set::of("n1")};
  std::uint64_t hashes[2];
  for (std::uint64_t& hash : hashes) {
    scene s("", keys);
    s.connect();
    s.node.in_turn([&] { (void)s.mine[0]->link.bytes->write(as_bytes("the same words")); });
    CHECK(s.node.run_until([&] { return s.guests[0]->heard == "the same words"; }));
    hash = s.node.world().trace_hash();
  }
  CHECK(hashes[0] == hashes[1]);
}

TEST_CASE("stops with handshakes and links under way, leaving nothing behind") {
  scene s;
  s.connect();
  test_peer silent(s.node, s.address());
  s.node.run_for(100ms);
  s.node.in_turn([&] {
    s.dials.clear();
    s.mine.clear();
    s.guests.clear();
    s.door.reset();
  });
  CHECK(s.node.stop());
}

}  // namespace mw::tls

MW_TRANSPORT_TESTS(mw::tls::tls_over("transport.tcp, listen: \"127.0.0.1:0\""))
