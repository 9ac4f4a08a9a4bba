// engine_test: handshakes in memory: good ones, and everything that must not be one.
// SPDX-License-Identifier: Apache-2.0
#include "two_ends.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <vector>

namespace mw::tls {

namespace {

const x509::test_pki& pki() {
  static const x509::test_pki one(test_now);
  return one;
}

// Two good sides, whose settings may be changed before the ends are made.
struct scene {
  scene() {
    near.use(set_of(pki(), "n1"));
    far.use(set_of(pki(), "n2"));
  }
  void begin() {
    dialler = std::make_unique<one_end>(near, side::dialler);
    listener = std::make_unique<one_end>(far, side::listener);
  }
  void meet() {
    begin();
    shake_hands(*dialler, *listener);
  }
  void link() {
    meet();
    REQUIRE_MESSAGE(dialler->state == engine::state::done, dialler->session.outcome().text());
    REQUIRE_MESSAGE(listener->state == engine::state::done, listener->session.outcome().text());
    REQUIRE(listener->read(listener->left) == engine::state::more);
    REQUIRE(dialler->read(dialler->left) == engine::state::more);
    // As every link does: all that follows works without the certificates.
    chain_of_listener = dialler->session.release_chain(near.place);
    chain_of_dialler = listener->session.release_chain(far.place);
    for (one_end* const end : {dialler.get(), listener.get()}) {
      end->session.handshake_over();
      end->session.rest();
    }
  }
  one_side near{1};
  one_side far{2};
  std::unique_ptr<one_end> dialler;
  std::unique_ptr<one_end> listener;
  std::vector<std::string> chain_of_dialler;
  std::vector<std::string> chain_of_listener;
};

void send(one_end& from, std::string_view text) {
  const engine::transfer put = from.session.write(as_bytes(text), from);
  REQUIRE(put.what == engine::state::data);
  REQUIRE(put.size == text.size());
}

}  // namespace

TEST_CASE("both ends prove who they are, then carry bytes both ways") {
  scene s;
  s.link();
  CHECK(s.dialler->asked == 1);
  CHECK(s.listener->asked == 1);
  CHECK(s.dialler->session.version() == "TLSv1.3");
  CHECK(s.dialler->session.cipher_name() == "TLS_AES_128_GCM_SHA256");
  CHECK(!s.dialler->session.resumed());
  send(*s.dialler, "there");
  send(*s.listener, "back");
  CHECK(s.listener->read(s.dialler->out) == engine::state::more);
  CHECK(s.dialler->read(s.listener->out) == engine::state::more);
  CHECK(s.listener->heard == "there");
  CHECK(s.dialler->heard == "back");
}

TEST_CASE("the same entropy gives the same bytes") {
  const credential_set one = set_of(pki(), "n1");  // certificates are not the same each time
  std::string first;
  for (int run = 0; run < 2; ++run) {
    scene s;
    s.near.use(one);
    s.far.use(one);
    s.begin();
    s.dialler->shake({});
    s.listener->shake(s.dialler->out);
    const std::string all = s.dialler->out + s.listener->out;
    if (run == 0)
      first = all;
    else
      CHECK(all == first);
  }
  CHECK(first.size() > 1000);
}

TEST_CASE("a dialler waits until the listener is content with it") {
  scene s;
  s.begin();
  s.dialler->shake({});
  s.listener->shake(std::exchange(s.dialler->out, {}));
  s.dialler->shake(std::exchange(s.listener->out, {}));
  CHECK(s.dialler->state == engine::state::more);  // its own proof is on the way
  CHECK(s.dialler->asked == 1);
  s.listener->answer = {refusal::identity, "AUTH029: on the deny list", -1};
  s.listener->shake(std::exchange(s.dialler->out, {}));
  CHECK(s.listener->state == engine::state::failed);
  CHECK(s.listener->session.outcome().code() == "AUTH029");
  s.dialler->shake(s.listener->out);
  CHECK(s.dialler->state == engine::state::failed);
  CHECK(s.dialler->session.outcome().why == refusal::refused_by_peer);
  CHECK(s.dialler->session.outcome().alert == 42);
  CHECK(s.dialler->session.outcome().text().find("did not accept who this node says it is") !=
        std::string::npos);
}

TEST_CASE("ciphers are chosen by our preference, and all of them work") {
  for (const cipher one : {cipher::aes_128_gcm, cipher::aes_256_gcm, cipher::chacha20_poly1305}) {
    scene s;
    s.near.opt.ciphers = {one};
    s.near.use(set_of(pki(), "n1"));
    s.link();
    send(*s.dialler, "x");
    CHECK(s.listener->read(s.dialler->out) == engine::state::more);
    CHECK(s.listener->heard == "x");
  }
}

TEST_CASE("every kind of key that is allowed") {
  for (const x509::good_certificate& good : pki().all_good()) {
    INFO(good.name);
    scene s;
    s.near.use(set_of(pki(), good.certificates, good.key));
    s.far.use(set_of(pki(), good.certificates, good.key));
    s.meet();
    CHECK_MESSAGE(s.dialler->state == engine::state::done, s.dialler->session.outcome().text());
    CHECK_MESSAGE(s.listener->state == engine::state::done, s.listener->session.outcome().text());
  }
}

TEST_CASE("nothing in common is said as such") {
  scene s;
  s.near.opt.ciphers = {cipher::aes_256_gcm};
  s.far.opt.ciphers = {cipher::chacha20_poly1305};
  s.near.use(set_of(pki(), "n1"));
  s.far.use(set_of(pki(), "n2"));
  s.meet();
  CHECK(s.listener->session.outcome().why == refusal::nothing_in_common);
  CHECK(s.dialler->session.outcome().why == refusal::refused_by_peer);
  CHECK(s.dialler->session.outcome().alert == 40);
}

TEST_CASE("what is not TLS, and HTTP, are told apart") {
  struct input {
    std::string bytes;
    refusal why;
  };
  const input inputs[] = {
      {"GET / HTTP/1.1\r\nHost: here\r\n\r\n", refusal::http},
      {"POST /x HTTP/1.1\r\n\r\n", refusal::http},
      {"CONNECT a:1 HTTP/1.1\r\n\r\n", refusal::http},
      {std::string("\x00\x00\x00\x41\x01\x01meshwright hello", 22), refusal::not_tls},
      {std::string(64, '\xff'), refusal::not_tls},
      {"SSH-2.0-OpenSSH_9.2\r\n", refusal::not_tls}};
  for (const input& one : inputs) {
    INFO(one.bytes);
    scene s;
    s.begin();
    s.listener->shake(one.bytes);
    CHECK(s.listener->state == engine::state::failed);
    CHECK(s.listener->session.outcome().code() == row_of(one.why).code);
    CHECK(s.listener->out.size() <= 10 * one.bytes.size());  // no amplification
  }
  scene s;
  s.begin();
  s.dialler->shake("HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK(s.dialler->session.outcome().why == refusal::not_tls);
}

TEST_CASE("a handshake cut at any byte asks for more, and fails on nothing") {
  scene whole;
  whole.begin();
  whole.dialler->shake({});
  const std::string hello = whole.dialler->out;
  whole.listener->shake(hello);
  const std::string answer = whole.listener->out;
  for (std::size_t cut = 0; cut < hello.size(); ++cut) {
    scene s;
    s.begin();
    s.listener->shake(std::string_view(hello).substr(0, cut));
    CHECK(s.listener->state == engine::state::more);
    s.listener->shake(s.listener->left + hello.substr(cut));
    CHECK(s.listener->state == engine::state::more);
    CHECK(s.listener->out.size() > 1000);
  }
  for (std::size_t cut = 0; cut < answer.size(); cut += 7) {
    scene s;
    s.begin();
    s.dialler->shake({});
    s.dialler->shake(std::string_view(answer).substr(0, cut));
    CHECK(s.dialler->state == engine::state::more);
    s.dialler->shake(s.dialler->left + answer.substr(cut));
    CHECK(s.dialler->state == engine::state::more);  // our proof is on the way
    CHECK(s.dialler->asked == 1);
  }
}

TEST_CASE("a handshake with any byte changed never succeeds") {
  scene whole;
  whole.begin();
  whole.dialler->shake({});
  const std::string hello = whole.dialler->out;
  whole.listener->shake(hello);
  const std::string answer = whole.listener->out;
  for (std::size_t at = 0; at < answer.size(); at += 3) {
    std::string changed = answer;
    changed[at] = static_cast<char>(changed[at] ^ 0x20);
    scene s;
    s.begin();
    s.dialler->shake({});
    s.dialler->shake(changed);
    // Either it is refused, or more is awaited: a longer record, say. Never is anybody believed who
    // did not sign what was said.
    if (s.dialler->state == engine::state::more) {
      s.dialler->shake(s.dialler->left + answer);
      CHECK(s.dialler->state != engine::state::done);
    }
  }
}

TEST_CASE("records that are damaged or too large end a link") {
  scene s;
  s.link();
  send(*s.dialler, "some text");
  std::string record = std::exchange(s.dialler->out, {});
  record.back() = static_cast<char>(record.back() ^ 1);
  CHECK(s.listener->read(record) == engine::state::failed);
  CHECK(s.listener->session.outcome().why == refusal::bad_record);
  CHECK(s.listener->session.outcome().alert == 20);
  CHECK(s.dialler->read(s.listener->out) == engine::state::failed);
  CHECK(s.dialler->session.outcome().alert == 20);

  scene large;
  large.link();
  CHECK(large.listener->read(std::string("\x17\x03\x03\x7f\xff", 5) + std::string(100, 'x')) ==
        engine::state::failed);
  CHECK(large.listener->session.outcome().why == refusal::too_large);
}

TEST_CASE("a link lets the certificates go, and knows what was shown") {
  scene s;
  s.link();
  REQUIRE(s.chain_of_dialler.size() == 2);
  REQUIRE(s.chain_of_listener.size() == 2);
  CHECK(s.chain_of_dialler[0] != s.chain_of_listener[0]);
  CHECK(s.chain_of_dialler[1] == s.chain_of_listener[1]);
  CHECK(s.chain_of_dialler[1] == x509::leaf_der(pki().intermediate.certificate));
  for (one_end* const end : {s.dialler.get(), s.listener.get()}) {
    CHECK(SSL_get0_peer_certificate(end->session.raw()) == nullptr);
    CHECK(SSL_get0_verified_chain(end->session.raw()) == nullptr);
    CHECK(end->session.cipher_name() == "TLS_AES_128_GCM_SHA256");
  }
  // A change of keys that asks for one, and data under all of them.
  for (int i = 0; i < 3; ++i) {
    REQUIRE(SSL_key_update(s.listener->session.raw(), SSL_KEY_UPDATE_REQUESTED) == 1);
    send(*s.listener, "there");
    CHECK(s.dialler->read(std::exchange(s.listener->out, {})) == engine::state::more);
    send(*s.dialler, "back");
    CHECK(s.listener->read(std::exchange(s.dialler->out, {})) == engine::state::more);
    s.dialler->session.rest();
    s.listener->session.rest();
  }
  CHECK(s.dialler->heard ==
        "therethere"
        "there");
  CHECK(s.listener->heard == "backbackback");
}

TEST_CASE("what other links need is not let go: TLS 1.2, and tickets that are still to come") {
  scene old;
  for (one_side* const side : {&old.near, &old.far}) side->opt.min_version = version_choice::tls12;
  old.near.use(set_of(pki(), "n1"));
  old.far.use(set_of(pki(), "n2"));
  old.begin();
  SSL_set_max_proto_version(old.dialler->session.raw(), TLS1_2_VERSION);
  shake_hands(*old.dialler, *old.listener);
  REQUIRE(old.dialler->session.version() == "TLSv1.2");
  CHECK(old.listener->session.release_chain(old.far.place).size() == 2);
  CHECK(SSL_get0_peer_certificate(old.listener->session.raw()) != nullptr);
  send(*old.dialler, "some text");
  CHECK(old.dialler->out.find("some text") == std::string::npos);
  CHECK(old.listener->read(old.dialler->out) == engine::state::more);
  CHECK(old.listener->heard == "some text");

  scene again;
  for (one_side* const side : {&again.near, &again.far}) side->opt.resumption = true;
  again.near.use(set_of(pki(), "n1"));
  again.far.use(set_of(pki(), "n2"));
  again.link();
  CHECK(SSL_get0_peer_certificate(again.dialler->session.raw()) != nullptr);
  CHECK(SSL_get0_peer_certificate(again.listener->session.raw()) == nullptr);
}

TEST_CASE("sixteen changes of keys a minute are enough") {
  scene s;
  s.link();
  int survived = 0;
  const auto update = [&](time_point when) {
    REQUIRE(SSL_key_update(s.dialler->session.raw(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    send(*s.dialler, ".");
    return s.listener->read(std::exchange(s.dialler->out, {}), when);
  };
  time_point when{10s};
  while (survived < 100 && update(when) == engine::state::more) ++survived;
  CHECK(survived == 16);
  CHECK(s.listener->session.outcome().why == refusal::key_updates);

  scene slow;  // one every five seconds is fine for ever
  slow.link();
  for (int i = 0; i < 40; ++i) {
    REQUIRE(SSL_key_update(slow.dialler->session.raw(), SSL_KEY_UPDATE_REQUESTED) == 1);
    send(*slow.dialler, ".");
    when = when + 5s;
    REQUIRE(slow.listener->read(std::exchange(slow.dialler->out, {}), when) == engine::state::more);
    slow.listener->out.clear();
  }
}

TEST_CASE("a flood of key changes in one read is cut off early") {
  scene s;
  s.link();
  std::string flood;
  for (int i = 0; i < 5000; ++i) {
    REQUIRE(SSL_key_update(s.dialler->session.raw(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1);
    REQUIRE(SSL_do_handshake(s.dialler->session.raw()) != 0);
    send(*s.dialler, "");
    flood += std::exchange(s.dialler->out, {});
    if (flood.size() > 64 * 1024) break;
  }
  CHECK(s.listener->read(flood) == engine::state::failed);
  CHECK(s.listener->session.outcome().why == refusal::key_updates);
  CHECK(s.listener->session.input_left().size() > flood.size() / 2);
}

TEST_CASE("the end is said, and heard") {
  scene s;
  s.link();
  send(*s.dialler, "last words");
  CHECK(s.dialler->session.close(*s.dialler) == engine::state::done);
  CHECK(s.listener->read(std::exchange(s.dialler->out, {})) == engine::state::ended);
  CHECK(s.listener->heard == "last words");
  send(*s.listener, "and goodbye");  // the other direction is still open
  CHECK(s.dialler->read(s.listener->out) == engine::state::more);
  CHECK(s.dialler->heard == "and goodbye");
}

TEST_CASE("output that is full blocks, and the same bytes go on later") {
  scene s;
  s.link();
  const std::string text(10'000, 't');
  s.dialler->room = 1000;
  CHECK(s.dialler->session.write(as_bytes(text), *s.dialler).what == engine::state::blocked);
  s.dialler->room = 100'000;
  const engine::transfer put = s.dialler->session.write(as_bytes(text), *s.dialler);
  CHECK(put.what == engine::state::data);
  CHECK(put.size == text.size());
  CHECK(s.listener->read(s.dialler->out) == engine::state::more);
  CHECK(s.listener->heard == text);
}

TEST_CASE("tickets are used once, and only under the credentials they were made with") {
  scene s;
  s.near.opt.resumption = s.far.opt.resumption = true;
  s.near.use(set_of(pki(), "n1"));
  s.far.use(set_of(pki(), "n2"));
  s.link();
  const session_ptr ticket = s.dialler->session.take_ticket();
  REQUIRE(ticket != nullptr);
  s.dialler.reset();
  s.listener.reset();

  s.begin();
  s.dialler->session.resume(*ticket);
  shake_hands(*s.dialler, *s.listener);
  CHECK(s.dialler->state == engine::state::done);
  CHECK(s.listener->session.resumed());
  CHECK(s.listener->asked == 1);  // who it is was asked again

  s.begin();  // refused meanwhile
  s.dialler->session.resume(*ticket);
  s.listener->answer = {refusal::identity, "AUTH029: on the deny list", -1};
  shake_hands(*s.dialler, *s.listener);
  CHECK(s.listener->state == engine::state::failed);

  s.begin();  // its certificate has ended meanwhile
  s.dialler->session.resume(*ticket);
  s.listener->at = {pki().until.since_epoch + 1s};
  shake_hands(*s.dialler, *s.listener);
  CHECK(s.listener->session.outcome().why == refusal::expired);

  s.far.use(set_of(pki(), "n2"));  // another epoch, another listener: a full handshake
  s.begin();
  s.dialler->session.resume(*ticket);
  shake_hands(*s.dialler, *s.listener);
  CHECK(s.listener->state == engine::state::done);
  CHECK(!s.listener->session.resumed());
}

TEST_CASE("without resumption no ticket is given") {
  scene s;
  s.link();
  CHECK(s.dialler->session.take_ticket() == nullptr);
}

TEST_CASE("chains have the codes of `mw certs check`") {
  for (const refusal_row& row : all_refusals()) {
    if (row.code >= "TLS050") break;
    CHECK(static_cast<int>(x509::refusal_of(row.code)) == static_cast<int>(row.why));
  }
}

}  // namespace mw::tls
