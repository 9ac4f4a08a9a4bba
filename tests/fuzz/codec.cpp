// codec: any bytes may be decoded, any text read as JSON; what is accepted comes back the same.
// SPDX-License-Identifier: Apache-2.0
// links: transport_msgpack_objects
#include "message_codec.h"

#include <mw/assert.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace {

struct leaf {
  std::string name;
  std::int16_t count = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&leaf::name>("name", "."),
                          mw::field<&leaf::count>("count", "."));
  }
};

struct tree {
  std::uint64_t id = 0;
  std::vector<tree> children;
  std::optional<leaf> tag;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&tree::id>("id", "."),
                          mw::field<&tree::children>("children", "."),
                          mw::field<&tree::tag>("tag", "."));
  }
};

struct table {
  std::int8_t small = 0;
  bool yes = false;
  float weight = 0;
  double price = 0;
  std::string_view note;
  mw::bytes_view view;
  mw::slice blob;
  mw::duration took{};
  std::vector<std::vector<std::uint32_t>> rows;
  std::vector<leaf> leaves;
  static constexpr auto fields() {
    using t = table;
    return mw::field_list(mw::field<&t::small>("small", "."), mw::field<&t::yes>("yes", "."),
                          mw::field<&t::weight>("weight", "."), mw::field<&t::price>("price", "."),
                          mw::field<&t::note>("note", "."), mw::field<&t::view>("view", "."),
                          mw::field<&t::blob>("blob", "."), mw::field<&t::took>("took", "."),
                          mw::field<&t::rows>("rows", "."), mw::field<&t::leaves>("leaves", "."));
  }
};

// Small, so that mutations of small inputs reach them.
constexpr mw::msgpack::limits bounds{.depth = 8, .nodes = 512, .decoded = 64 * 1024};

class subject {
 public:
  subject() : codec_(bounds, counts()) {}
  mw::codec& operator*() { return codec_; }
  mw::codec* operator->() { return &codec_; }

 private:
  mw::msgpack::metrics counts() {
    const mw::counter any(cell_);
    return {any, any, any, std::vector<mw::counter>(mw::msgpack::reason_names.size(), any)};
  }
  mw::metric_cell cell_{0};
  mw::msgpack::message_codec codec_;
};

// Shorter than share_from, so that nothing is kept by reference.
std::string bytes_of(const mw::message_out& out) {
  std::string text(mw::as_text(out.written()));
  for (auto r = out.references().rbegin(); r != out.references().rend(); ++r)
    text.insert(r->at, r->bytes.text());
  return text;
}

void check_failure(const mw::failure& why) {
  MW_ASSERT(why.kind() == mw::errc::invalid, "bad input is invalid");
  MW_ASSERT(why.text().find(" at byte ") != std::string::npos, "refusals say where");
}

// What was accepted can be sent, and what was sent is its own only form.
template <class T>
void read_as(subject& codec, mw::bytes_view bytes) {
  T message{};
  const mw::status outcome = mw::decode(*codec, mw::payload{bytes, nullptr}, message);
  if (!outcome.ok()) return check_failure(outcome.error());
  mw::message_out first;
  MW_ASSERT(mw::encode(*codec, message, first).ok(), "what was read can be written");
  const std::string once = bytes_of(first);
  T again{};
  MW_ASSERT(mw::decode(*codec, mw::payload{mw::as_bytes(once), nullptr}, again).ok(),
            "what was written can be read");
  mw::message_out second;
  MW_ASSERT(mw::encode(*codec, again, second).ok(), "and written again");
  MW_ASSERT(bytes_of(second) == once, "the same message has the same bytes");
}

// The JSON of what `json` says. Nothing: a field that does not fit its type, which is shown all
// the same but not taken back.
std::optional<std::string> retold(subject& codec, std::string_view json,
                                  const mw::message_type* type) {
  mw::message_out out;
  const mw::status back = codec->from_json(json, type, out);
  if (!back.ok()) return check_failure(back.error()), std::nullopt;
  const auto again = codec->to_json(mw::payload{mw::as_bytes(bytes_of(out)), nullptr}, type);
  MW_ASSERT(again.ok(), "what was taken can be shown");
  return *again;
}

void show(subject& codec, mw::bytes_view bytes, const mw::message_type* type) {
  const auto json = codec->to_json(mw::payload{bytes, nullptr}, type);
  if (!json.ok()) return check_failure(json.error());
  // A whole number in a field for reals is shown as it came, `3`, and is `3.0` from then on.
  const auto once = retold(codec, *json, type);
  if (!once || type == nullptr) return;
  const auto twice = retold(codec, *once, type);
  MW_ASSERT(twice && *twice == *once, "JSON comes back");
}

void take(subject& codec, std::string_view json, const mw::message_type* type) {
  mw::message_out out;
  const mw::status outcome = codec->from_json(json, type, out);
  if (!outcome.ok()) return check_failure(outcome.error());
  MW_ASSERT(codec->to_json(mw::payload{mw::as_bytes(bytes_of(out)), nullptr}, type).ok(),
            "what was taken can be shown");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  subject codec;
  const mw::bytes_view bytes = std::as_bytes(std::span(data, size));
  read_as<leaf>(codec, bytes);
  read_as<tree>(codec, bytes);
  read_as<table>(codec, bytes);
  const std::array<const mw::message_type*, 3> types{nullptr, &mw::message_type_of<tree>,
                                                     &mw::message_type_of<table>};
  for (const mw::message_type* type : types) {
    show(codec, bytes, type);
    take(codec, mw::as_text(bytes), type);
  }
  return 0;
}
