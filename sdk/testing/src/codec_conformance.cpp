// codec_conformance: the promises of codec/1, checked with messages of every form.
// SPDX-License-Identifier: Apache-2.0
#include "subject.h"

#include <mw/codec_conformance.h>

#include <limits>
#include <optional>

namespace mw::conformance {
namespace {

enum class colour : std::uint8_t { red, green = 200 };
enum class offset : std::int16_t { back = -300, forth = 300 };

struct part {
  std::string name;
  std::uint32_t count = 0;
  static constexpr auto fields() {
    return field_list(field<&part::name>("name", "What."),
                      field<&part::count>("count", "How many."));
  }
  friend bool operator==(const part&, const part&) = default;
};

// A tree: a type that contains itself.
struct branch {
  std::int64_t weight = 0;
  std::vector<branch> children;
  static constexpr auto fields() {
    return field_list(field<&branch::weight>("weight", "How heavy."),
                      field<&branch::children>("children", "What hangs on it."));
  }
  friend bool operator==(const branch&, const branch&) = default;
};

struct everything {
  bool yes = false;
  std::int8_t i8 = 0;
  std::int16_t i16 = 0;
  std::int32_t i32 = 0;
  std::int64_t i64 = 0;
  std::uint8_t u8 = 0;
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  float f32 = 0;
  double f64 = 0;
  colour paint = colour::red;
  offset shift = offset::back;
  std::string text;
  slice blob;
  duration took{};
  wall_time when{};
  std::vector<std::uint16_t> numbers;
  std::vector<std::string> names;
  std::vector<part> parts;
  std::vector<std::vector<std::int32_t>> rows;
  std::optional<double> discount;
  std::optional<part> spare;
  part main;
  branch tree;

  static constexpr auto fields() {
    using e = everything;
    return field_list(
        field<&e::yes>("yes", "."), field<&e::i8>("i8", "."), field<&e::i16>("i16", "."),
        field<&e::i32>("i32", "."), field<&e::i64>("i64", "."), field<&e::u8>("u8", "."),
        field<&e::u16>("u16", "."), field<&e::u32>("u32", "."), field<&e::u64>("u64", "."),
        field<&e::f32>("f32", "."), field<&e::f64>("f64", "."), field<&e::paint>("paint", "."),
        field<&e::shift>("shift", "."), field<&e::text>("text", "."), field<&e::blob>("blob", "."),
        field<&e::took>("took", "."), field<&e::when>("when", "."),
        field<&e::numbers>("numbers", "."), field<&e::names>("names", "."),
        field<&e::parts>("parts", "."), field<&e::rows>("rows", "."),
        field<&e::discount>("discount", "."), field<&e::spare>("spare", "."),
        field<&e::main>("main", "."), field<&e::tree>("tree", "."));
  }
};

everything largest() {
  everything e;
  e.yes = true;
  e.i8 = std::numeric_limits<std::int8_t>::min();
  e.i16 = std::numeric_limits<std::int16_t>::min();
  e.i32 = std::numeric_limits<std::int32_t>::min();
  e.i64 = std::numeric_limits<std::int64_t>::min();
  e.u8 = std::numeric_limits<std::uint8_t>::max();
  e.u16 = std::numeric_limits<std::uint16_t>::max();
  e.u32 = std::numeric_limits<std::uint32_t>::max();
  e.u64 = std::numeric_limits<std::uint64_t>::max();
  e.f32 = -std::numeric_limits<float>::max();
  e.f64 = std::numeric_limits<double>::denorm_min();
  e.paint = colour::green;
  e.shift = offset::back;
  e.text = "gr\xC3\xBC\xC3\x9F" + std::string(300, 'e');
  e.blob = slice::copy_of(std::string(70'000, '\xC1'));
  e.took = duration::min();
  e.when = {duration::max()};
  e.numbers.assign(70'000 % 1000, 65'535);
  e.names = {"", "a", std::string(40, 'b')};
  e.parts = {{"bolt", 4}, {"nut", 0xffffffff}};
  e.rows = {{}, {1, -1}, {std::numeric_limits<std::int32_t>::max()}};
  e.discount = 0.125;
  e.spare = part{"washer", 1};
  e.main = {"frame", 1};
  e.tree = {1, {{2, {}}, {3, {{-4, {}}}}}};
  return e;
}

void check_same(const everything& a, const everything& b) {
  CHECK(a.yes == b.yes);
  CHECK(a.i8 == b.i8);
  CHECK(a.i16 == b.i16);
  CHECK(a.i32 == b.i32);
  CHECK(a.i64 == b.i64);
  CHECK(a.u8 == b.u8);
  CHECK(a.u16 == b.u16);
  CHECK(a.u32 == b.u32);
  CHECK(a.u64 == b.u64);
  CHECK(a.f32 == b.f32);
  CHECK(a.f64 == b.f64);
  CHECK((a.paint == b.paint && a.shift == b.shift));
  CHECK(a.text == b.text);
  CHECK(a.blob.text() == b.blob.text());
  CHECK((a.took == b.took && a.when == b.when));
  CHECK(a.numbers == b.numbers);
  CHECK(a.names == b.names);
  CHECK(a.parts == b.parts);
  CHECK(a.rows == b.rows);
  CHECK(a.discount == b.discount);
  CHECK(a.spare == b.spare);
  CHECK(a.main == b.main);
  CHECK(a.tree == b.tree);
}

// What is on the wire, in one piece.
std::string all_bytes(const message_out& out) {
  std::string text;
  std::size_t from = 0;
  const std::string_view written = as_text(out.written());
  for (const auto& reference : out.references()) {
    text.append(written.substr(from, reference.at - from)).append(reference.bytes.text());
    from = reference.at;
  }
  return text.append(written.substr(from));
}

template <class T>
std::string encoded(codec& subject, const T& message) {
  message_out out;
  const status done = encode(subject, message, out);
  CHECK_MESSAGE(done.ok(), (done.ok() ? std::string() : done.error().text()));
  CHECK(!out.overflowed());
  return all_bytes(out);
}

// A copy on the heap of exactly this size, so that sanitizers see a read beyond it.
template <class T>
status decoded(codec& subject, std::string_view bytes, T& message) {
  const std::vector<char> exact(bytes.begin(), bytes.end());
  return decode(subject, payload{as_bytes({exact.data(), exact.size()}), nullptr}, message);
}

// A small message with something of everything that has a length.
struct parcel {
  std::uint64_t id = 0;
  std::string note;
  slice blob;
  std::vector<part> parts;
  std::optional<std::int32_t> floor;
  static constexpr auto fields() {
    return field_list(field<&parcel::id>("id", "."), field<&parcel::note>("note", "."),
                      field<&parcel::blob>("blob", "."), field<&parcel::parts>("parts", "."),
                      field<&parcel::floor>("floor", "."));
  }
};
parcel some_parcel() {
  return {70'000, "handle with care", slice::copy_of("\x01\x02\xff"), {{"cup", 6}, {"pot", 1}}, -4};
}

// The same message in later versions.
struct parcel_with_more {
  parcel known = some_parcel();
  std::vector<std::string> tags{"fragile", "gift"};
  std::optional<part> extra = part{"card", 1};
  double weight = 1.5;
  branch tree{1, {{2, {}}}};
  static constexpr auto fields() {
    using p = parcel_with_more;
    return field_list(field<&p::known>("known", "."), field<&p::tags>("tags", "."),
                      field<&p::extra>("extra", "."), field<&p::weight>("weight", "."),
                      field<&p::tree>("tree", "."));
  }
};
struct parcel_with_less {
  parcel known;
  static constexpr auto fields() {
    return field_list(field<&parcel_with_less::known>("known", "."));
  }
};

template <class T>
struct single {
  T value{};
  static constexpr auto fields() { return field_list(field<&single::value>("the_value", ".")); }
};

// Runs `check` with the codec under test, in a turn.
void with_codec(const test_setup& setup, const function<void(codec&)>& check) {
  test_node node(setup);
  codec& subject = subject_of<codec>(node);
  bool ran = false;
  node.in_turn([&] {
    check(subject);
    ran = true;
  });
  CHECK(ran);
  CHECK_MESSAGE(node.stop(), node.failed());
}

void check_refused(const status& outcome, std::string_view part_of_text) {
  REQUIRE(!outcome.ok());
  CHECK(outcome.error().kind() == errc::invalid);
  CHECK_MESSAGE(outcome.error().text().find(part_of_text) != std::string::npos, "no \"",
                std::string(part_of_text), "\" in: ", outcome.error().text());
}

}  // namespace

void codec_carries_every_form(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    for (const everything& message : {everything{}, largest()}) {
      everything back;
      const status done = decoded(subject, encoded(subject, message), back);
      REQUIRE_MESSAGE(done.ok(), done.error().text());
      check_same(message, back);
    }
  });
}

void codec_appends_and_repeats(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    CHECK(!subject.format().empty());
    message_out out;
    out.append(as_bytes("in front"));
    CHECK(encode(subject, some_parcel(), out).ok());
    CHECK(all_bytes(out) == "in front" + encoded(subject, some_parcel()));
    CHECK(encoded(subject, largest()) == encoded(subject, largest()));
  });
}

void codec_bridges_versions(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    parcel_with_less older;
    CHECK(decoded(subject, encoded(subject, parcel_with_more()), older).ok());
    CHECK(older.known.parts == some_parcel().parts);
    parcel_with_more newer;
    CHECK(decoded(subject, encoded(subject, parcel_with_less{{.id = 7}}), newer).ok());
    CHECK(newer.known.id == 7);
    CHECK(newer.tags.size() == 2);
    CHECK(newer.weight == 1.5);
    CHECK(newer.extra == part{"card", 1});
  });
}

void codec_keeps_views_in_place(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    const slice owner = slice::copy_of(encoded(subject, some_parcel()));
    const auto inside = [&owner](const void* at) {
      const auto* byte = static_cast<const std::byte*>(at);
      return byte >= owner.view().data() && byte < owner.view().data() + owner.size();
    };
    parcel kept;
    CHECK(decode(subject, payload{owner.view(), &owner}, kept).ok());
    CHECK_MESSAGE(inside(kept.blob.view().data()), "a blob was copied although there is an owner");
    CHECK(decode(subject, payload{owner.view(), nullptr}, kept).ok());
    CHECK_MESSAGE(!inside(kept.blob.view().data()), "a slice of bytes that nobody owns");

    const slice texts = slice::copy_of(encoded(subject, single<std::string>{"a text to look at"}));
    single<std::string_view> view;
    CHECK(decode(subject, payload{texts.view(), nullptr}, view).ok());
    CHECK(view.value == "a text to look at");
    const auto* at = reinterpret_cast<const std::byte*>(view.value.data());
    CHECK((at >= texts.view().data() && at < texts.view().data() + texts.size()));

    const slice large = slice::copy_of(std::string(message_out::share_from, 'x'));
    message_out out;
    CHECK(encode(subject, single<slice>{large}, out).ok());
    REQUIRE_MESSAGE(out.references().size() == 1, "a large slice was copied");
    CHECK(out.references()[0].bytes.view().data() == large.view().data());
  });
}

void codec_refuses_cut_messages(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    const std::string bytes = encoded(subject, some_parcel());
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      CAPTURE(size);
      parcel back;
      const status outcome = decoded(subject, bytes.substr(0, size), back);
      REQUIRE(!outcome.ok());
      CHECK(outcome.error().kind() == errc::invalid);
    }
    parcel back;
    const status longer = decoded(subject, bytes + bytes.back(), back);
    REQUIRE(!longer.ok());
    CHECK(longer.error().kind() == errc::invalid);
  });
}

void codec_survives_flipped_bits(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    const std::string bytes = encoded(subject, some_parcel());
    std::size_t refused = 0;
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      std::string flipped = bytes;
      flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
      parcel back;
      const status outcome = decoded(subject, flipped, back);
      if (outcome.ok()) {
        CHECK(encoded(subject, back).size() <= 2 * flipped.size());  // what was read can be sent
        continue;
      }
      ++refused;
      CHECK_MESSAGE(outcome.error().kind() == errc::invalid, outcome.error().text());
    }
    CHECK_MESSAGE(refused > 0, "no flipped bit was noticed");
  });
}

void codec_refuses_other_types(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    single<std::uint8_t> small;
    check_refused(decoded(subject, encoded(subject, single<std::uint64_t>{256}), small),
                  "the_value");
    check_refused(decoded(subject, encoded(subject, single<std::int64_t>{-1}), small), "the_value");
    check_refused(decoded(subject, encoded(subject, single<std::string>{"7"}), small), "the_value");
    single<std::int32_t> whole;
    check_refused(decoded(subject, encoded(subject, single<std::int64_t>{-(1LL << 31) - 1}), whole),
                  "the_value");
    check_refused(decoded(subject, encoded(subject, single<std::uint64_t>{1ULL << 63}), whole),
                  "the_value");
    check_refused(decoded(subject, encoded(subject, single<double>{0.5}), whole), "the_value");
    single<std::vector<part>> list;
    check_refused(decoded(subject, encoded(subject, single<std::vector<std::string>>{{"a"}}), list),
                  "the_value");
    single<std::int64_t> wide;
    CHECK(decoded(subject, encoded(subject, single<std::int8_t>{-128}), wide).ok());
    CHECK(wide.value == -128);
  });
}

void codec_refuses_what_is_no_text(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    for (const char* bad :
         {"\xff", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "eight by\xC3"}) {
      message_out out;
      check_refused(encode(subject, single<std::string>{bad}, out), "the_value");
    }
  });
}

void codec_respects_the_limit(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    const std::string whole = encoded(subject, largest());
    for (const std::size_t limit : {std::size_t{0}, std::size_t{10}, whole.size() - 1}) {
      message_out out(limit);
      const status outcome = encode(subject, largest(), out);
      REQUIRE(!outcome.ok());
      CHECK(outcome.error().kind() == errc::overloaded);
    }
    message_out exact(whole.size());
    CHECK(encode(subject, largest(), exact).ok());
  });
}

void codec_speaks_json(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    for (const everything& message : {everything{}, largest()}) {
      const std::string bytes = encoded(subject, message);
      const payload from{as_bytes(bytes), nullptr};
      const auto named = subject.to_json(from, &message_type_of<everything>);
      REQUIRE_MESSAGE(named.ok(), named.error().text());
      CHECK(named->find("\"u64\"") != std::string::npos);
      message_out out;
      const status back = subject.from_json(*named, &message_type_of<everything>, out);
      REQUIRE_MESSAGE(back.ok(), back.error().text());
      CHECK(all_bytes(out) == bytes);

      const auto bare = subject.to_json(from, nullptr);
      REQUIRE_MESSAGE(bare.ok(), bare.error().text());
      out.clear();
      REQUIRE(subject.from_json(*bare, &message_type_of<everything>, out).ok());
      CHECK(all_bytes(out) == bytes);
    }
    const auto exact = subject.to_json(payload{as_bytes(encoded(subject, largest()))}, nullptr);
    CHECK(exact->find("18446744073709551615") != std::string::npos);
  });
}

void codec_refuses_bad_json(const test_setup& setup) {
  with_codec(setup, [](codec& subject) {
    const message_type& type = message_type_of<parcel>;
    for (const char* bad : {"", "{", "[1,]", "{\"id\":1,}", "{\"id\":01}", "{\"id\":1}x",
                            "{\"id\":-1}", "{\"id\":1.5}", "{\"id\":\"1\"}", "{\"idd\":1}",
                            "{\"id\":1,\"id\":2}", "{\"note\":\"\xff\"}", "{\"note\":\"\\ud800\"}",
                            "{\"id\":18446744073709551616}", "{\"parts\":[{\"count\":\"x\"}]}"}) {
      CAPTURE(bad);
      message_out out;
      const status outcome = subject.from_json(bad, &type, out);
      REQUIRE(!outcome.ok());
      CHECK(outcome.error().kind() == errc::invalid);
    }
    message_out tight(4);
    const status outcome = subject.from_json("{\"id\":1,\"note\":\"too long\"}", &type, tight);
    REQUIRE(!outcome.ok());
    CHECK(outcome.error().kind() == errc::overloaded);
  });
}

}  // namespace mw::conformance
