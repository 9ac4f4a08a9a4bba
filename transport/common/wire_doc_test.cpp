// wire_doc_test: WIRE.md says what the code does: its hex blocks, numbers and names.
// SPDX-License-Identifier: Apache-2.0
#include "compress/compress.h"
#include "frame_payload.h"
#include "frame_samples.h"
#include "session/hello_samples.h"
#include "session/session.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

namespace mw::wire {
namespace {

using samples::byte_string;
using samples::hex;

std::string document() {
  std::ifstream file(MW_WIRE_DOC);
  REQUIRE(file.good());
  return {std::istreambuf_iterator<char>(file), {}};
}

// The blocks fenced as "golden <name>", without white space.
std::map<std::string, std::string> golden_blocks(const std::string& text) {
  constexpr std::string_view fence = "```golden ";
  std::map<std::string, std::string> out;
  std::string name;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(fence))
      name = line.substr(fence.size());
    else if (line.starts_with("```"))
      name.clear();
    else if (!name.empty())
      out[name] += line;
  }
  for (auto& [key, bytes] : out) std::erase(bytes, ' ');
  return out;
}

byte_string ping(checksum sum) {
  byte_string bytes;
  samples::append_frame(bytes, {.kind = frame_kind::ping, .priority = priority::critical},
                        as_bytes("abcd"), sum);
  return bytes;
}

// The hello of the document as the dialler's, and one with another name and nonce as the answer.
digest confirm() {
  hello theirs = samples::sample_hello();
  theirs.node = "n2";
  theirs.nonce.fill(std::byte{0xbb});
  const spoken_hello a{samples::sample_hello(), write_hello(samples::sample_hello()).value()};
  const spoken_hello b{theirs, write_hello(theirs).value()};
  return negotiate(a, b, role::dialler).value().transcript;
}

std::map<std::string, std::string> actual_bytes() {
  std::map<std::string, std::string> out;
  byte_string header(header_bytes);
  write_header({.kind = frame_kind::request, .id = 0x0102030405060708}, 64, checksum::none,
               header.data());
  out["request"] = hex(header);
  out["ping crc32c"] = hex(ping(checksum::crc32c));
  out["ping xxh3"] = hex(ping(checksum::xxh3));
  packer pack;
  out["lz4"] = hex(pack.pack(compression::lz4, byte_string(100, std::byte{'a'})));
  out["hello"] = hex(write_hello(samples::sample_hello()).value());
  out["confirm"] = hex(confirm());
  std::array<std::byte, farewell_max> goodbye;
  const std::size_t size = write_farewell({errc::denied, "another cluster"}, goodbye);
  out["goodbye"] = hex(bytes_view(goodbye).first(size));
  return out;
}

bool has_row(const std::string& text, std::size_t number, std::string_view name) {
  return text.find("\n| " + std::to_string(number) + " | `" + std::string(name) + "` |") !=
         std::string::npos;
}

TEST_CASE("wire_doc: the hex blocks are what the code writes") {
  const auto written = golden_blocks(document());
  const auto actual = actual_bytes();
  CHECK(written.size() == actual.size());
  for (const auto& [name, bytes] : written) {
    INFO("golden ", name);
    REQUIRE(actual.contains(name));
    CHECK(actual.at(name) == bytes);
  }
}

TEST_CASE("wire_doc: the tables name what the code knows") {
  const std::string text = document();
  for (std::size_t kind = 0; kind <= static_cast<std::size_t>(frame_kind::reset); ++kind)
    CHECK(has_row(text, kind, to_string(static_cast<frame_kind>(kind))));
  for (const hello_field& field : hello_fields) CHECK(has_row(text, field.tag, field.name));
  for (std::size_t kind = 1; kind <= static_cast<std::size_t>(errc::internal); ++kind)
    CHECK(has_row(text, kind, to_string(static_cast<errc>(kind))));
}

}  // namespace
}  // namespace mw::wire
