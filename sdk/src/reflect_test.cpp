// reflect_test: the fields of events as kernel and recorders see them, read and written by name.
// SPDX-License-Identifier: Apache-2.0
#include <mw/bus.h>
#include <mw/events.h>

#include <doctest/doctest.h>

namespace mw {
namespace {

struct sample {
  static constexpr std::string_view topic = "test.sample/1";
  static constexpr std::string_view doc = "One field of each kind.";
  bool yes = true;
  std::int32_t low = -3;
  std::uint64_t high = 7;
  double real = 0.5;
  std::string text = "t";
  duration span = std::chrono::milliseconds(2);
  wall_time at{std::chrono::seconds(9)};
  static constexpr auto fields() {
    return field_list(field<&sample::yes>("yes", "A flag."), field<&sample::low>("low", "Signed."),
                      field<&sample::high>("high", "Unsigned."),
                      field<&sample::real>("real", "Real."), field<&sample::text>("text", "Text."),
                      field<&sample::span>("span", "Time."), field<&sample::at>("at", "Moment."));
  }
};

TEST_CASE("reflect: names, kinds and values of each field") {
  const sample object;
  const auto& all = fields_of<sample>;
  REQUIRE(all.size() == 7);
  CHECK(event_type_of<sample>.topic == "test.sample/1");
  CHECK(event_type_of<sample>.doc == "One field of each kind.");
  CHECK(all[0].name == "yes");
  CHECK(all[0].get(&object).boolean);
  CHECK(all[1].kind == value_kind::integer);
  CHECK(all[1].get(&object).integer == -3);
  CHECK(all[2].kind == value_kind::natural);
  CHECK(all[2].get(&object).natural == 7);
  CHECK(all[3].get(&object).real == 0.5);
  CHECK(all[4].get(&object).text == "t");
  CHECK(all[5].get(&object).integer == 2'000'000);
  CHECK(all[6].get(&object).integer == 9'000'000'000);
}

TEST_CASE("reflect: what is read can be written into another object") {
  const sample from{.yes = false,
                    .low = -9,
                    .high = 8,
                    .real = 1.5,
                    .text = "long enough for the heap",
                    .span = std::chrono::seconds(1),
                    .at = {}};
  sample to;
  for (const field_info& one : fields_of<sample>) one.set(&to, one.get(&from));
  CHECK(to.yes == from.yes);
  CHECK(to.low == from.low);
  CHECK(to.high == from.high);
  CHECK(to.real == from.real);
  CHECK(to.text == from.text);
  CHECK(to.span == from.span);
  CHECK(to.at == from.at);
}

TEST_CASE("reflect: the shared vocabulary has topics with versions and documented fields") {
  for (const event_type* type :
       {&event_type_of<peer_found>, &event_type_of<peer_up>, &event_type_of<peer_down>}) {
    CAPTURE(type->topic);
    CHECK(type->topic.ends_with("/1"));
    CHECK_FALSE(type->doc.empty());
    for (const field_info& one : type->fields) CHECK_FALSE(one.doc.empty());
  }
}

}  // namespace
}  // namespace mw
