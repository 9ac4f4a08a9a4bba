// result_test: failures carry kind, text and unknown wire numbers; MW_TRY hands them on.
// SPDX-License-Identifier: Apache-2.0
#include <mw/result.h>

#include <doctest/doctest.h>

#include <memory>

namespace mw {
namespace {

result<std::unique_ptr<int>> make(bool works) {
  if (!works) return {errc::not_found, "no number"};
  return std::make_unique<int>(7);
}

result<int> read(bool works) {
  MW_TRY(auto number, make(works));
  return *number;
}

status check(bool works) {
  MW_CHECK(read(works));
  return {};
}

TEST_CASE("MW_TRY unwraps values and returns failures") {
  CHECK(*read(true) == 7);
  CHECK(read(false).error().kind() == errc::not_found);
  CHECK(check(true).ok());
  CHECK(check(false).error().in("asking").text() == "asking: no number");
}

TEST_CASE("kinds of newer peers decode as internal and keep their number") {
  const failure newer = failure::from_wire(77, "later");
  CHECK(newer.kind() == errc::internal);
  CHECK(newer.code() == 77);
  CHECK(failure::from_wire(3, "full").kind() == errc::overloaded);
  CHECK(to_string(errc::timed_out) == "timed_out");
}

}  // namespace
}  // namespace mw
