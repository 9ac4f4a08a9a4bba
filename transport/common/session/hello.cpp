// hello: the writer and the reader, both driven by the list of fields.
// SPDX-License-Identifier: Apache-2.0
#include "hello.h"

#include "common/frame_flags.h"
#include "hello_fields.h"

#include <mw/toolkit/utf8.h>

#include <algorithm>
#include <type_traits>

namespace mw::wire {
namespace {

constexpr std::size_t payload_max = hello_frame_max - length_min - trailer_max;

failure refused(const hello_field& field, const std::string& what) {
  return {errc::invalid, "the hello's field " + std::string(field.name) + ": " + what};
}

bool printable(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return is_utf8(text) && std::none_of(text.begin(), text.end(), control);
}

// Bounds hold for what we say and for what we are told.
status check_text(const hello_field& field, const text_field& how, std::string_view text) {
  if (text.size() < how.least || text.size() > how.most)
    return refused(field, std::to_string(text.size()) + " bytes, it may have " +
                              std::to_string(how.least) + " to " + std::to_string(how.most));
  if (!printable(text))
    return refused(field, "not UTF-8, or with control characters: use printable text");
  return {};
}
status check_count(const hello_field& field, const count_field& how, std::uint32_t count) {
  if (count < how.least || count > how.most)
    return refused(field, std::to_string(count) + ", it may be " + std::to_string(how.least) +
                              " to " + std::to_string(how.most));
  return {};
}
status check_checksums(const hello_field& field, checksum_set set) {
  if (set.bits == 0) return refused(field, "none at all; name at least one, `none` is one of them");
  return {};
}

template <class T>
void append(std::vector<std::byte>& to, T value) {
  to.resize(to.size() + sizeof value);
  flags::store(value, to.data() + to.size() - sizeof value);
}

struct field_writer {
  const hello& from;
  const hello_field& field;
  std::vector<std::byte>& to;

  void begin(std::size_t size) const {
    append(to, static_cast<std::uint8_t>(field.tag));
    append(to, static_cast<std::uint16_t>(size));
  }
  template <class T>
  void number(T value) const {
    begin(sizeof value);
    append(to, value);
  }
  status operator()(const text_field& how) const {
    const std::string& text = from.*how.member;
    MW_CHECK(check_text(field, how, text));
    if (text.empty()) return {};
    begin(text.size());
    const bytes_view bytes = as_bytes(text);
    to.insert(to.end(), bytes.begin(), bytes.end());
    return {};
  }
  status operator()(const count_field& how) const {
    MW_CHECK(check_count(field, how, from.*how.member));
    number(from.*how.member);
    return {};
  }
  status operator()(life_field /*how*/) const {
    number(from.life);
    return {};
  }
  status operator()(checksums_field /*how*/) const {
    MW_CHECK(check_checksums(field, from.checksums));
    number(from.checksums.bits);
    return {};
  }
  status operator()(compressions_field /*how*/) const {
    number(from.compressions.bits);
    return {};
  }
  status operator()(nonce_field /*how*/) const {
    begin(from.nonce.size());
    to.insert(to.end(), from.nonce.begin(), from.nonce.end());
    return {};
  }
};

struct field_reader {
  hello& to;
  const hello_field& field;
  bytes_view value;

  status sized(std::size_t size) const {
    if (value.size() == size) return {};
    return refused(field, std::to_string(value.size()) + " bytes, it has " + std::to_string(size));
  }
  template <class T>
  status number(T& into) const {
    MW_CHECK(sized(sizeof into));
    into = flags::load<T>(value.data());
    return {};
  }
  status operator()(const text_field& how) const {
    MW_CHECK(check_text(field, how, as_text(value)));
    to.*how.member = as_text(value);
    return {};
  }
  status operator()(const count_field& how) const {
    MW_CHECK(number(to.*how.member));
    return check_count(field, how, to.*how.member);
  }
  status operator()(life_field /*how*/) const { return number(to.life); }
  status operator()(checksums_field /*how*/) const {
    MW_CHECK(number(to.checksums.bits));
    return check_checksums(field, to.checksums);
  }
  status operator()(compressions_field /*how*/) const {
    MW_CHECK(number(to.compressions.bits));
    to.compressions.add(compression::none);
    return {};
  }
  status operator()(nonce_field /*how*/) const {
    MW_CHECK(sized(to.nonce.size()));
    std::copy(value.begin(), value.end(), to.nonce.begin());
    return {};
  }
};

// Magic and versions.
status read_fixed(bytes_view payload, hello& to) {
  if (payload.size() < hello_fixed || flags::load<std::uint32_t>(payload.data()) != hello_magic)
    return {errc::invalid,
            "no hello: the first bytes are not those of this protocol; is the address that of a "
            "node's data port?"};
  to.low = flags::load<std::uint16_t>(payload.data() + 4);
  to.high = flags::load<std::uint16_t>(payload.data() + 6);
  if (to.low == 0 || to.low > to.high)
    return {errc::invalid, "the hello's versions: " + std::to_string(to.low) + " to " +
                               std::to_string(to.high) + ", which is no range from 1 up"};
  return {};
}

const hello_field* field_of(unsigned tag) {
  const auto at = std::find_if(hello_fields.begin(), hello_fields.end(),
                               [tag](const hello_field& field) { return field.tag == tag; });
  return at == hello_fields.end() ? nullptr : &*at;
}

// Each tag at most once, known or not.
class tags_seen {
 public:
  bool add(unsigned tag) {
    std::uint64_t& half = seen_[tag / 64];
    const std::uint64_t bit = std::uint64_t{1} << (tag % 64);
    const bool fresh = (half & bit) == 0;
    half |= bit;
    return fresh;
  }
  [[nodiscard]] bool has(unsigned tag) const { return (seen_[tag / 64] >> (tag % 64) & 1) != 0; }

 private:
  std::array<std::uint64_t, 2> seen_{};
};

status read_field(unsigned tag, bytes_view value, hello& to) {
  const hello_field* field = field_of(tag & ~critical_tag);
  if (field != nullptr) return std::visit(field_reader{to, *field, value}, field->how);
  if ((tag & critical_tag) == 0) return {};
  return {errc::unsupported, "the hello's field " + std::to_string(tag & ~critical_tag) +
                                 " is unknown to this version and must not be ignored: update this "
                                 "node, or switch the feature off at the peer"};
}

status read_fields(bytes_view rest, hello& to) {
  tags_seen seen;
  while (!rest.empty()) {
    if (rest.size() < hello_field_head)
      return {errc::invalid, "the hello ends within a field's tag and size"};
    const unsigned tag = flags::load<std::uint8_t>(rest.data());
    const std::size_t size = flags::load<std::uint16_t>(rest.data() + 1);
    rest = rest.subspan(hello_field_head);
    if (size > rest.size())
      return {errc::invalid, "the hello's field " + std::to_string(tag & ~critical_tag) +
                                 " claims " + std::to_string(size) + " bytes, " +
                                 std::to_string(rest.size()) + " are left"};
    if (!seen.add(tag & ~critical_tag))
      return {errc::invalid,
              "the hello has its field " + std::to_string(tag & ~critical_tag) + " twice"};
    MW_CHECK(read_field(tag, rest.first(size), to));
    rest = rest.subspan(size);
  }
  for (const hello_field& field : hello_fields)
    if (field.required && !seen.has(field.tag)) return refused(field, "missing");
  return {};
}

template <class Kind>
std::string names_of(kind_set<Kind> set) {
  std::string out;
  for (unsigned n = 0; n < 8; ++n) {
    const auto kind = static_cast<Kind>(n);
    if (!set.has(kind)) continue;
    if (!out.empty()) out += ", ";
    const std::string_view name = to_string(kind);
    out += name == "unknown" ? std::to_string(n) : std::string(name);
  }
  return out;
}

}  // namespace

std::string to_string(checksum_set set) {
  return names_of(set);
}
std::string to_string(compression_set set) {
  return names_of(set);
}

result<std::vector<std::byte>> write_hello(const hello& what) {
  std::vector<std::byte> out;
  out.reserve(256);
  append(out, hello_magic);
  append(out, what.low);
  append(out, what.high);
  for (const hello_field& field : hello_fields)
    MW_CHECK(std::visit(field_writer{what, field, out}, field.how));
  static_assert(
      hello_fixed + hello_fields.size() * (hello_field_head + 16) + 5 * name_max + listen_max <=
          payload_max,
      "the longest hello fits into the first frame");
  return out;
}

result<hello> read_hello(bytes_view payload) {
  if (payload.size() > payload_max)
    return {errc::invalid, "a hello of " + std::to_string(payload.size()) + " bytes, it may have " +
                               std::to_string(payload_max)};
  hello out;
  out.compressions = compression_set(compression::none);
  MW_CHECK(read_fixed(payload, out));
  MW_CHECK(read_fields(payload.subspan(hello_fixed), out));
  return out;
}

}  // namespace mw::wire
