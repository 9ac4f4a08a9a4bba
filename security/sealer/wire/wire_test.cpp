// wire_test: the bytes in PROTOCOL.md are the bytes that are written.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/testing/hex.h"
#include "wire/envelope.h"
#include "wire/key_message.h"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

namespace mw::sealing {
namespace {

using crypto::testing::byte_list;
using crypto::testing::from_hex;
using crypto::testing::to_hex;

// The hex behind "name: " in the document, without its spaces.
std::string documented(const std::string& name) {
  std::ifstream file(MW_PROTOCOL_DOC);
  std::string line;
  while (std::getline(file, line)) {
    if (!line.starts_with(name + ": ")) continue;
    line.erase(0, name.size() + 2);
    std::erase(line, ' ');
    return line;
  }
  return "not documented";
}

envelope_head golden_head() {
  return {.algorithm = crypto::aead_algorithm::aes_256_gcm,
          .is_signed = true,
          .sender_key = 0x0102030405060708,
          .receiver_key = 0x1112131415161718,
          .sequence = 7,
          .sent_ms = 0xabcd};
}

key_claim golden_claim() {
  key_claim claim;
  claim.epoch = 3;
  claim.valid_s = 86'400;
  claim.issued_ms = 1'700'000'000'000;
  claim.boot.fill(std::byte{0xbb});
  claim.point.fill(std::byte{0xcc});
  claim.node = "a";
  claim.cluster = "test";
  claim.chain = {from_hex("3000")};
  return claim;
}

have golden_have() {
  have out{.stamp = 5,
           .echo = 4,
           .sender_key = 0x0102030405060708,
           .receiver_key = 0x1112131415161718,
           .wants_answer = true,
           .mac = {}};
  out.mac.fill(std::byte{0xdd});
  return out;
}

}  // namespace

TEST_CASE("wire: the golden bytes of the document") {
  CHECK(to_hex(write_head(golden_head())) == documented("head"));
  context_bytes context;
  const auto bound = from_hex("00ff");
  REQUIRE(context.write({"a", "b", "p", bound, false}));
  CHECK(to_hex(context.view()) == documented("context"));
  CHECK(to_hex(write_claim(golden_claim())) == documented("claim"));
  CHECK(to_hex(write_have(golden_have())) == documented("have"));
  CHECK(to_hex(write_ask()) == "0103");
}

TEST_CASE("wire: what is written is read, and heads of other versions are refused") {
  byte_list envelope(48);
  const auto head = write_head(golden_head());
  envelope.insert(envelope.end(), head.begin(), head.end());
  REQUIRE(read_envelope(envelope).has_value());
  CHECK(read_envelope(envelope)->head == golden_head());
  CHECK(read_envelope(envelope)->encrypted.empty());
  const auto with = [&](std::size_t from_end, unsigned value) {
    byte_list changed = envelope;
    changed[changed.size() - from_end] = static_cast<std::byte>(value);
    return read_envelope(changed).has_value();
  };
  CHECK(with(1, 1));
  CHECK(!with(1, 2));  // version
  CHECK(!with(2, 0));  // no cipher
  CHECK(!with(2, 3));  // one that is not for messages
  CHECK(with(2, 2));
  CHECK(!with(3, 2));   // an unknown flag
  CHECK(!with(4, 1));   // reserved
  CHECK(!with(16, 1));  // a sequence beyond 2^23
  CHECK(read_claim(write_claim(golden_claim())).value() == golden_claim());
  CHECK(read_have(write_have(golden_have())).value() == golden_have());
}

TEST_CASE("wire: claims of every other length or with silly sizes are refused") {
  const byte_list good = write_claim(golden_claim());
  for (std::size_t size = 0; size < good.size(); ++size)
    REQUIRE(!read_claim(bytes_view(good).first(size)));
  byte_list longer = good;
  longer.push_back(std::byte{0});
  CHECK(!read_claim(longer));
  key_claim claim = golden_claim();
  claim.chain.assign(chain_max + 1, from_hex("3000"));
  CHECK(!read_claim(write_claim(claim)));
  claim.chain.assign(1, byte_list(certificate_max + 1));
  CHECK(!read_claim(write_claim(claim)));
  claim.chain.assign(1, byte_list(certificate_max));
  CHECK(read_claim(write_claim(claim)));
  claim.node.clear();
  CHECK(!read_claim(write_claim(claim)));
}

}  // namespace mw::sealing
