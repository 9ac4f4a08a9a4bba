// lzw: a table of at most 4,096 codes that starts again when it is full.
// SPDX-License-Identifier: Apache-2.0
#include "wire/lzw.h"

#include <array>
#include <cstdint>
#include <unordered_map>

namespace mw::swim {

namespace {

constexpr std::uint32_t code_clear = 256;
constexpr std::uint32_t code_end = 257;
constexpr std::uint32_t code_first = 258;
constexpr std::uint32_t code_max = 4095;
constexpr std::uint32_t no_code = 0xffffffff;

class bit_writer {
 public:
  void put(std::uint32_t code, std::uint32_t width) {
    bits_ |= std::uint64_t{code} << filled_;
    filled_ += width;
    for (; filled_ >= 8; filled_ -= 8, bits_ >>= 8) out_.push_back(static_cast<char>(bits_));
  }
  std::string take() {
    if (filled_ > 0) out_.push_back(static_cast<char>(bits_));
    return std::move(out_);
  }

 private:
  std::uint64_t bits_ = 0;
  std::uint32_t filled_ = 0;
  std::string out_;
};

class bit_reader {
 public:
  explicit bit_reader(std::string_view from) : from_(from) {}
  // no_code at the end.
  std::uint32_t get(std::uint32_t width) {
    while (filled_ < width) {
      if (at_ == from_.size()) return no_code;
      bits_ |= std::uint64_t{static_cast<unsigned char>(from_[at_++])} << filled_;
      filled_ += 8;
    }
    const auto code = static_cast<std::uint32_t>(bits_ & ((1u << width) - 1));
    bits_ >>= width;
    filled_ -= width;
    return code;
  }

 private:
  std::string_view from_;
  std::size_t at_ = 0;
  std::uint64_t bits_ = 0;
  std::uint32_t filled_ = 0;
};

}  // namespace

std::string lzw_compress(std::string_view bytes) {
  bit_writer out;
  std::unordered_map<std::uint32_t, std::uint32_t> table;
  std::uint32_t width = 9;
  std::uint32_t high = code_end;  // the last code given
  std::uint32_t overflow = 1u << 9;
  // A new code after each one that was written; true: the table starts again.
  const auto grow = [&] {
    if (++high == overflow) {
      ++width;
      overflow <<= 1;
    }
    if (high != code_max) return false;
    out.put(code_clear, width);
    table.clear();
    width = 9;
    high = code_end;
    overflow = 1u << 9;
    return true;
  };
  out.put(code_clear, width);
  if (!bytes.empty()) {
    std::uint32_t code = static_cast<unsigned char>(bytes[0]);
    for (const char c : bytes.substr(1)) {
      const std::uint32_t key = (code << 8) | static_cast<unsigned char>(c);
      if (const auto at = table.find(key); at != table.end()) {
        code = at->second;
        continue;
      }
      out.put(code, width);
      code = static_cast<unsigned char>(c);
      if (!grow()) table[key] = high;
    }
    out.put(code, width);
    (void)grow();
  }
  out.put(code_end, width);
  return out.take();
}

std::optional<std::string> lzw_expand(std::string_view bytes, std::size_t size_max) {
  bit_reader in(bytes);
  std::string out;
  // Each code stands for an earlier piece of the output: where it begins, and how long it is.
  struct piece {
    std::size_t from;
    std::size_t size;
  };
  std::array<piece, code_max + 1> table{};
  std::uint32_t width = 9;
  std::uint32_t high = code_end;
  std::uint32_t overflow = 1u << 9;
  piece last{0, 0};  // size 0: the first code after a clear
  for (;;) {
    const std::uint32_t code = in.get(width);
    if (code == no_code) return std::nullopt;
    if (code == code_end) return out;
    if (code == code_clear) {
      width = 9;
      high = code_end;
      overflow = 1u << 9;
      last.size = 0;
      continue;
    }
    const piece now{out.size(), code < 256 ? 1 : code <= high ? table[code].size : last.size + 1};
    if (code > high + 1 || (code > high && last.size == 0) || (code >= code_first && now.size < 2))
      return std::nullopt;
    if (now.size > size_max - out.size()) return std::nullopt;
    if (code < 256) {
      out.push_back(static_cast<char>(code));
    } else {
      const std::size_t from = code <= high ? table[code].from : last.from;
      // Byte by byte: the piece may overlap with what is being written.
      for (std::size_t i = 0; i < now.size; ++i) out.push_back(out[from + i]);
    }
    if (last.size > 0 && high < code_max) {
      // The piece before and the first byte of this one stand side by side in the output.
      table[++high] = {last.from, last.size + 1};
    } else if (last.size == 0 && high == code_end) {
      high = code_end;  // nothing to add to yet
    }
    if (high + 1 >= overflow && width < 12) {
      ++width;
      overflow <<= 1;
    }
    last = now;
  }
}

}  // namespace mw::swim
