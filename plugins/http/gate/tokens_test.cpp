// tokens_test: what is the same, what is not, and that the comparison tells nothing in between.
// SPDX-License-Identifier: Apache-2.0
#include "gate/tokens.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using mw::http::bearer_token;
using mw::http::role;
using mw::http::same_secret;
using mw::http::token_table;

// Counts how often its bytes are looked at.
class watched_text {
 public:
  watched_text(std::string text, std::size_t& looks) : text_(std::move(text)), looks_(looks) {}
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  char operator[](std::size_t i) const { return ++looks_, text_.at(i); }

 private:
  std::string text_;
  std::size_t& looks_;
};

std::size_t looks_for(const std::string& known, const std::string& given) {
  std::size_t looks = 0;
  (void)same_secret(watched_text(known, looks), watched_text(given, looks));
  return looks;
}

bool same(std::string_view known, std::string_view given) {
  return same_secret(known, given);
}

}  // namespace

TEST_CASE("a secret is the same as itself and as nothing else") {
  const std::string known = "0123456789abcdef0123456789abcdef";
  CHECK(same(known, known));
  for (std::size_t i = 0; i < known.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = known;
      flipped[i] = static_cast<char>(static_cast<unsigned char>(flipped[i]) ^ (1U << bit));
      CHECK_FALSE(same(known, flipped));
    }
    CHECK_FALSE(same(known, known.substr(0, i)));
    CHECK_FALSE(same(known, known.substr(i + 1)));
  }
  CHECK_FALSE(same(known, known + known));
  CHECK_FALSE(same(known, known + "0"));
  CHECK_FALSE(same(known, ""));
  CHECK_FALSE(same("", ""));
  CHECK_FALSE(same("", "x"));
}

TEST_CASE("the work of a comparison depends on the length of what was sent alone") {
  const std::string known(64, 'k');
  for (const std::size_t size :
       {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{512}}) {
    const std::size_t wrong_at_once = looks_for(known, std::string(size, 'x'));
    CHECK(wrong_at_once == 2 * size);
    CHECK(looks_for(known, std::string(size, 'k')) == wrong_at_once);
    CHECK(looks_for(known, std::string(size - 1, 'k') + "x") == wrong_at_once);
  }
}

TEST_CASE("a table finds the token, and only those that were drawn when asked to") {
  token_table table;
  CHECK(table.empty());
  CHECK(table.find("anything", false) == nullptr);
  table.add({"scraper", mw::secret("a-secret-of-people"), role::read, false});
  table.add({"admin", mw::secret("a-secret-of-the-node"), role::act, true});
  REQUIRE(table.find("a-secret-of-people", false) != nullptr);
  CHECK(table.find("a-secret-of-people", false)->name == "scraper");
  CHECK(table.find("a-secret-of-people", true) == nullptr);
  CHECK(table.find("a-secret-of-the-node", true)->name == "admin");
  CHECK(table.find("", false) == nullptr);
  CHECK(table.find(std::string(513, 'a'), false) == nullptr);
}

TEST_CASE("only one form of Authorization holds a token") {
  CHECK(bearer_token("Bearer abc") == "abc");
  CHECK(bearer_token("bEARER   abc") == "abc");
  for (const std::string_view wrong :
       {"", "Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Basic YTpi", "abc", "Bearerabc",
        "Bearer \x80", "Token abc", "Bearer a\tb"}) {
    CAPTURE(wrong);
    CHECK(bearer_token(wrong).empty());
  }
}

TEST_CASE("random bits become lower-case hex") {
  const std::vector<std::byte> bits{std::byte{0x00}, std::byte{0xAF}, std::byte{0xF1}};
  CHECK(mw::http::to_hex(bits) == "00aff1");
}
