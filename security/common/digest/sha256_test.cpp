// sha256_test: the examples of FIPS 180-4, and texts that are no digest.
// SPDX-License-Identifier: Apache-2.0
#include "common/digest/sha256.h"

#include <doctest/doctest.h>

TEST_CASE("sha256: known digests, and back from text") {
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  const std::string none = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  CHECK(mw::hex_of(mw::sha256(mw::as_bytes("abc"))) == abc);
  CHECK(mw::hex_of(mw::sha256({})) == none);
  CHECK(mw::digest_from_hex(abc) == mw::sha256(mw::as_bytes("abc")));
  CHECK_FALSE(mw::digest_from_hex(abc.substr(1)));
  CHECK_FALSE(mw::digest_from_hex("g" + abc.substr(1)));
  CHECK_FALSE(mw::digest_from_hex("B" + abc.substr(1)));
}
