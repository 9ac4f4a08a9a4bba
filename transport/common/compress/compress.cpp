// compress: the bounds around both libraries, and the probe that saves trying.
// SPDX-License-Identifier: Apache-2.0
#include "compress.h"

#include "common/frame_flags.h"
#include "compress_lz4.h"
#include "compress_zstd.h"

#include <array>
#include <string>

namespace mw::wire {
namespace {

constexpr std::size_t samples = 512;
constexpr std::size_t sample_run = 64;

// How often two of the sampled bytes are equal says how many different ones there are in effect:
// noise has 256, base64 64, text about 20. Neither library gains much from more than this.
constexpr std::size_t alphabet_max = 56;

bool looks_like_noise(bytes_view bytes) {
  std::array<std::uint16_t, 256> counts{};
  const std::size_t distance = bytes.size() / (samples / sample_run);
  for (std::size_t at = 0, run = 0; run < samples / sample_run; ++run, at += distance)
    for (std::size_t i = 0; i < sample_run; ++i)
      ++counts[std::to_integer<std::size_t>(bytes[at + i])];
  std::size_t pairs = 0;
  for (const std::size_t count : counts)
    if (count > 1) pairs += count * (count - 1);
  return pairs * alphabet_max < samples * (samples - 1);
}

failure broken(compression kind, std::size_t packed, std::size_t size) {
  return {errc::invalid, "a payload of " + std::to_string(packed) + " bytes is no " +
                             std::string(to_string(kind)) + " of " + std::to_string(size) +
                             " bytes, as it says: the peer's compression is broken"};
}

}  // namespace

bool should_compress(bytes_view bytes, std::size_t from) {
  if (bytes.size() < from || bytes.size() <= packed_prefix) return false;
  return bytes.size() < samples || !looks_like_noise(bytes);
}

packer::packer() = default;
packer::~packer() = default;

bytes_view packer::pack(compression kind, bytes_view bytes) {
  const std::size_t most = bytes.size() - bytes.size() / 16;
  if (bytes.size() < 16 || bytes.size() > UINT32_MAX || kind == compression::none) return {};
  if (out_.size() < most) out_.resize(most);
  const std::span<std::byte> body = std::span(out_).first(most).subspan(packed_prefix);
  std::size_t size = 0;
  if (kind == compression::lz4) {
    if (lz4_ == nullptr) lz4_ = std::make_unique<detail::lz4_block>();
    size = lz4_->pack(bytes, body);
  } else {
    if (zstd_ == nullptr) zstd_ = std::make_unique<detail::zstd_frame>();
    size = zstd_->pack(bytes, body);
  }
  if (size == 0 || bytes.size() > ratio_max * size) return {};
  flags::store(static_cast<std::uint32_t>(bytes.size()), out_.data());
  return bytes_view(out_).first(packed_prefix + size);
}

result<std::size_t> unpacked_size(bytes_view packed, std::size_t limit) {
  if (packed.size() <= packed_prefix)
    return {errc::invalid, "a packed payload of " + std::to_string(packed.size()) +
                               " bytes; its size and its content take more"};
  const std::size_t size = flags::load<std::uint32_t>(packed.data());
  const std::size_t body = packed.size() - packed_prefix;
  if (size == 0) return {errc::invalid, "a packed payload of nothing: empty ones are not packed"};
  if (size > limit)
    return {errc::invalid, "a payload that unpacks to " + std::to_string(size) +
                               " bytes, this link takes " + std::to_string(limit) +
                               ": send less, or raise the limit at both sides"};
  if (size > ratio_max * body)
    return {errc::invalid, "a payload of " + std::to_string(body) + " bytes that unpacks to " +
                               std::to_string(size) + ", more than " + std::to_string(ratio_max) +
                               " times as many: send such payloads unpacked"};
  return size;
}

unpacker::unpacker() = default;
unpacker::~unpacker() = default;

status unpacker::unpack(compression kind, bytes_view packed, std::span<std::byte> to) {
  MW_TRY(const std::size_t size, unpacked_size(packed, to.size()));
  const bytes_view body = packed.subspan(packed_prefix);
  bool good = false;
  if (size == to.size() && kind == compression::lz4) {
    good = detail::lz4_block::unpack(body, to);
  } else if (size == to.size() && kind == compression::zstd) {
    if (zstd_ == nullptr) zstd_ = std::make_unique<detail::zstd_frame>();
    good = zstd_->unpack(body, to);
  }
  if (!good) return broken(kind, body.size(), to.size());
  return {};
}

result<bytes_view> unpacker::unpack(compression kind, bytes_view packed, std::size_t limit) {
  MW_TRY(const std::size_t size, unpacked_size(packed, limit));
  if (capacity_ < size) {
    out_ = std::make_unique_for_overwrite<std::byte[]>(size);
    capacity_ = size;
  }
  const std::span<std::byte> to(out_.get(), size);
  MW_CHECK(unpack(kind, packed, to));
  return bytes_view(to);
}

}  // namespace mw::wire
