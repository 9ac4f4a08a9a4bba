// pack: the MessagePack that memberlist and serf speak: maps with sorted names, raw texts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mw::swim {

// Writes the old specification: one raw form for texts and bytes, numbers as short as they go.
// The caller writes names in the order of their bytes.
class packer {
 public:
  explicit packer(std::string& out) : out_(out) {}

  packer& map(std::size_t entries);
  packer& array(std::size_t entries);
  packer& nil();
  packer& boolean(bool value);
  packer& number(std::uint64_t value);
  packer& integer(std::int64_t value);
  packer& real(double value);
  packer& raw(std::string_view bytes);

 private:
  std::string& out_;
};

// Reads any MessagePack, old and new. After the first fault everything reads as zero or empty.
class unpacker {
 public:
  static constexpr int depth_max = 8;

  explicit unpacker(std::string_view from) : rest_(from) {}

  // Entries that follow; nil counts as none. Never more than the bytes that are left.
  std::size_t map();
  std::size_t array();
  std::string_view raw();  // also nil: empty
  std::uint64_t number();
  std::int64_t integer();
  double real();
  bool boolean();
  bool nil();  // true: it was nil and is consumed
  void skip() { skip(0); }

  [[nodiscard]] std::string_view rest() const { return rest_; }
  [[nodiscard]] bool failed() const { return failed_; }
  void fail() {
    failed_ = true;
    rest_ = {};
  }

 private:
  std::uint8_t peek() const;
  std::uint8_t byte();
  std::uint64_t big_endian(std::size_t bytes);
  std::string_view take(std::size_t size);
  std::size_t container(std::uint8_t fix, std::uint8_t wide, std::size_t entry_size);
  void skip(int depth);

  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace mw::swim
