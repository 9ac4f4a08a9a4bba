// denylist_test: lists that are signed, changed, played back, damaged and full.
// SPDX-License-Identifier: Apache-2.0
#include "denylist.h"

#include "common/x509/facts.h"
#include "common/x509/test_certs.h"
#include "timestamp.h"

#include <doctest/doctest.h>

namespace {

namespace deny = mw::denylist;
using deny::entry_kind;

constexpr mw::wall_time now{std::chrono::hours(24 * 365 * 50)};
const std::string some_key(64, 'a');

const mw::x509::test_pki& pki() {
  static const mw::x509::test_pki one(now);
  return one;
}

deny::list some_list() {
  deny::list one{.number = 7,
                 .issued = now,
                 .expires = mw::wall_time{now.since_epoch + mw::duration(std::chrono::hours(24))}};
  REQUIRE(deny::add(one, {entry_kind::id, "spiffe://mesh.test/node/n3", "left the company"}));
  REQUIRE(deny::add(one, {entry_kind::serial, "0a0b", ""}));
  REQUIRE(deny::add(one, {entry_kind::key, some_key, "stolen"}));
  REQUIRE(deny::add(one, {entry_kind::serial, "0102", "lost"}));
  return one;
}

deny::list signed_list() {
  deny::list one = some_list();
  REQUIRE(deny::sign(one, pki().root.key));
  return one;
}

deny::signers root_signs() {
  deny::signers all;
  REQUIRE(all.add(pki().root.certificate));
  return all;
}

}  // namespace

TEST_CASE("deny list: written, read and verified") {
  const deny::list one = signed_list();
  const std::string text = print(one);
  CHECK(
      text.starts_with("mw-deny-list 1\nnumber 7\nissued 2019-12-20T00:00:00Z\nexpires "
                       "2019-12-21T00:00:00Z\nsigner "));
  CHECK(text.find("\nserial 0102 # lost\nserial 0a0b\nkey aaa") != std::string::npos);
  const auto back = deny::read(text, root_signs());
  REQUIRE(back);
  CHECK(back->entries == one.entries);
  CHECK(back->number == 7);
  CHECK(back->issued == one.issued);
  CHECK(back->expires == one.expires);
  CHECK(!stale(*back, now));
  CHECK(stale(*back, *one.expires));
}

TEST_CASE("deny list: every allowed kind of key signs") {
  using mw::x509::key_kind;
  for (const key_kind kind : {key_kind::p256, key_kind::p384, key_kind::ed25519, key_kind::rsa}) {
    const std::string key = mw::x509::made(mw::x509::make_key_text(kind));
    const std::string certificate =
        mw::x509::made(make_self_signed(pki().leaf("spiffe://mesh.test/signer"), key));
    deny::list one = some_list();
    REQUIRE(deny::sign(one, key));
    deny::signers all;
    REQUIRE(all.add(certificate));
    CHECK(deny::read(print(one), all));
    CHECK(deny::read(print(one), root_signs()).error().kind() == mw::errc::denied);
  }
  deny::list one = some_list();
  CHECK(!deny::sign(one, mw::x509::made(mw::x509::make_key_text(key_kind::p521))));
  CHECK(!deny::sign(one, mw::x509::made(mw::x509::make_key_text(key_kind::rsa, 1024))));
  CHECK(!deny::sign(one, ""));
}

TEST_CASE("deny list: no byte can be changed, none can be left out, none can be added") {
  const std::string text = print(signed_list());
  const deny::signers trusted = root_signs();
  REQUIRE(deny::read(text, trusted));
  for (std::size_t at = 0; at < text.size(); ++at) {
    INFO(at);
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    CHECK(!deny::read(changed, trusted));
    CHECK(!deny::read(text.substr(0, at), trusted));
    std::string longer = text;
    longer.insert(at, 1, '0');
    CHECK(!deny::read(longer, trusted));
  }
  CHECK(!deny::read(text + "\n", trusted));
  CHECK(!deny::read(text + text, trusted));
}

TEST_CASE("deny list: a list signed by a key that may not is denied, also under another's name") {
  deny::list one = some_list();
  REQUIRE(deny::sign(one, pki().stranger.key));
  const auto refused = deny::read(print(one), root_signs());
  REQUIRE(!refused);
  CHECK(refused.error().kind() == mw::errc::denied);
  one.signer = signed_list().signer;
  CHECK(deny::read(print(one), root_signs()).error().kind() == mw::errc::denied);
}

TEST_CASE("deny list: who is found") {
  const deny::list one = some_list();
  CHECK(find(one, "0a0b", "", "")->value == "0a0b");
  CHECK(find(one, "", some_key, "")->reason == "stolen");
  CHECK(find(one, "ff", "ff", "spiffe://mesh.test/node/n3")->kind == entry_kind::id);
  CHECK(find(one, "", "", "") == nullptr);
  CHECK(find(one, "0a", std::string(64, 'b'), "spiffe://mesh.test/node/n33") == nullptr);
  CHECK(find(one, "spiffe://mesh.test/node/n3", "0a0b", some_key) == nullptr);
}

TEST_CASE("deny list: entries are added in order, renamed, removed") {
  deny::list one = some_list();
  CHECK(one.entries.size() == 4);
  REQUIRE(deny::add(one, {entry_kind::serial, "0a0b", "again"}));
  CHECK(one.entries.size() == 4);
  CHECK(find(one, "0a0b", "", "")->reason == "again");
  CHECK(remove(one, entry_kind::serial, "0a0b"));
  CHECK(!remove(one, entry_kind::serial, "0a0b"));
  CHECK(!remove(one, entry_kind::key, "0102"));
  CHECK(one.entries.size() == 3);
}

TEST_CASE("deny list: entries that are none") {
  deny::list one;
  const auto kind_of = [&one](deny::entry wrong) {
    const auto refused = deny::add(one, std::move(wrong));
    return refused ? mw::errc::internal : refused.error().kind();
  };
  using mw::errc;
  CHECK(kind_of({entry_kind::serial, "", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::serial, "0A", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::serial, "abc", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::serial, std::string(66, 'a'), ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::key, std::string(63, 'a'), ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::id, "https:x", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::id, "spiffe://", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::id, "spiffe://a b", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::id, "spiffe://a\nserial 00", ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::id, "spiffe://" + std::string(2048, 'a'), ""}) == errc::invalid);
  CHECK(kind_of({entry_kind::serial, "00", "a\nb"}) == errc::invalid);
  CHECK(kind_of({entry_kind::serial, "00", std::string(129, 'a')}) == errc::invalid);
  CHECK(one.entries.empty());
}

TEST_CASE("deny list: a full list takes no more") {
  deny::list one;
  for (std::size_t at = 0; at < deny::entries_max; ++at) {
    const auto high = static_cast<char>(at >> 8U);
    const char bytes[] = {high, static_cast<char>(at & 0xffU)};
    REQUIRE(deny::add(one, {entry_kind::serial, mw::x509::hex_of(mw::as_bytes({bytes, 2})), ""}));
  }
  const auto full = deny::add(one, {entry_kind::serial, "ffffff", ""});
  REQUIRE(!full);
  CHECK(full.error().kind() == mw::errc::overloaded);
  REQUIRE(deny::sign(one, pki().root.key));
  CHECK(deny::read(print(one), root_signs()));
}

TEST_CASE("deny list: keys that may sign") {
  deny::signers all;
  CHECK(!all.add(""));
  CHECK(!all.add("words"));
  CHECK(!all.add(pki().root.key));
  CHECK(!all.add("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
  CHECK(all.add(pki().root.certificate + pki().stranger.certificate));
  CHECK(all.size() == 2);
}
