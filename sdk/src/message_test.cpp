// message_test: descriptions of structs, and the bytes of outgoing messages.
// SPDX-License-Identifier: Apache-2.0
#include <mw/message.h>
#include <mw/message_out.h>
#include <mw/rpc.h>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

namespace {

struct line {
  std::string name;
  std::uint32_t count = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&line::name>("name", "What."),
                          mw::field<&line::count>("count", "How many."));
  }
};

struct order {
  std::uint64_t id = 0;
  std::string_view customer;
  std::vector<line> lines;
  std::optional<double> discount;
  mw::slice document;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&order::id>("id", "Number."),
                          mw::field<&order::customer>("customer", "Who."),
                          mw::field<&order::lines>("lines", "What."),
                          mw::field<&order::discount>("discount", "Share of the price."),
                          mw::field<&order::document>("document", "A scan."));
  }
};

std::string all_bytes(const mw::message_out& out) {
  std::string text;
  std::size_t from = 0;
  const auto written = mw::as_text(out.written());
  for (const auto& r : out.references()) {
    text += written.substr(from, r.at - from);
    text += r.bytes.text();
    from = r.at;
  }
  return text += written.substr(from);
}

}  // namespace

TEST_CASE("a struct is described by its field list") {
  constexpr const mw::message_type& type = mw::message_type_of<order>;
  CHECK(type.name.ends_with("order"));
  REQUIRE(type.fields.size() == 5);
  order o{.id = 7, .customer = "ada", .lines = {}, .discount = {}, .document = {}};
  CHECK(type.fields[0].type().form == mw::value_form::natural);
  CHECK(type.fields[0].type().width == 8);
  CHECK(*static_cast<const std::uint64_t*>(type.fields[0].at_const(&o)) == 7);
  CHECK(type.fields[1].type().form == mw::value_form::text_view);
  CHECK(type.fields[4].type().form == mw::value_form::blob);

  const mw::value_type& lines = type.fields[2].type();
  CHECK(lines.form == mw::value_form::list);
  auto* first = static_cast<line*>(lines.resize(&o.lines, 2));
  first[1].count = 3;
  CHECK(lines.count(&o.lines) == 2);
  CHECK(o.lines[1].count == 3);
  CHECK(lines.element().form == mw::value_form::group);
  CHECK(lines.element().fields()[1].name == "count");

  const mw::value_type& discount = type.fields[3].type();
  CHECK(discount.form == mw::value_form::maybe);
  CHECK(discount.count(&o.discount) == 0);
  *static_cast<double*>(discount.resize(&o.discount, 1)) = 0.5;
  CHECK(o.discount == 0.5);
}

TEST_CASE("an outgoing message keeps large slices by reference, in order") {
  mw::message_out out;
  CHECK(out.empty());
  out.append(mw::as_bytes("head "));
  const std::string large(mw::message_out::share_from, 'x');
  out.append(mw::slice::copy_of(large));
  out.append(mw::slice::copy_of(" small"));
  REQUIRE(out.references().size() == 1);
  CHECK(out.size() == 5 + large.size() + 6);
  std::byte* front = out.push_front(3);
  std::memcpy(front, "fr:", 3);
  CHECK(all_bytes(out) == "fr:head " + large + " small");
  out.drop_front(3);
  CHECK(all_bytes(out) == "head " + large + " small");
  std::memcpy(out.push_back(4), ":end", 4);
  CHECK(all_bytes(out) == "head " + large + " small:end");
  out.drop_back(4);
  CHECK(all_bytes(out) == "head " + large + " small");
  out.clear();
  CHECK(out.empty());
}

TEST_CASE("a trailer fits behind a message of the largest size") {
  mw::message_out out(16);
  out.append(mw::as_bytes("0123456789abcdef"));
  std::memcpy(out.push_back(2), "::", 2);
  CHECK(all_bytes(out) == "0123456789abcdef::");
  CHECK_FALSE(out.overflowed());
}

TEST_CASE("a message that outgrows its limit says so and stays small") {
  mw::message_out out(16);
  out.append(mw::as_bytes("0123456789abcdef"));
  CHECK_FALSE(out.overflowed());
  out.append(mw::as_bytes("!"));
  CHECK(out.overflowed());
  CHECK(out.size() == 16);
  out.clear();
  CHECK_FALSE(out.overflowed());
  out.append(mw::slice::copy_of(std::string(5000, 'x')));
  CHECK(out.overflowed());
  CHECK(out.references().empty());
}

TEST_CASE("what has arrived can be kept, without copying when it is shared") {
  const mw::slice whole = mw::slice::copy_of("a message");
  const mw::payload shared{whole.view(), &whole};
  CHECK(shared.keep(shared.bytes.subspan(2)).text() == "message");
  CHECK(shared.keep().view().data() == whole.view().data());
  const mw::payload borrowed{whole.view(), nullptr};
  CHECK(borrowed.keep().text() == "a message");
  CHECK(borrowed.keep().view().data() != whole.view().data());
}

TEST_CASE("what was computed from a message is forgotten with each change of it") {
  mw::message_out out;
  const auto changes = [&](auto change) {
    out.remember(7, 42);
    CHECK(out.remembered(8) == nullptr);
    REQUIRE(out.remembered(7) != nullptr);
    CHECK(*out.remembered(7) == 42);
    change();
    return out.remembered(7) == nullptr;
  };
  CHECK(changes([&] { out.append(mw::as_bytes("bytes")); }));
  CHECK(changes([&] { out.append(mw::slice::copy_of(std::string(5000, 'x'))); }));
  CHECK(changes([&] { (void)out.push_front(4); }));
  CHECK(changes([&] { out.drop_front(4); }));
  CHECK(changes([&] { (void)out.push_back(4); }));
  CHECK(changes([&] { out.drop_back(4); }));
  CHECK(changes([&] { (void)out.reserve(1), out.commit(1); }));
  CHECK(changes([&] { out.clear(); }));
}
